namespace Iarnet.House.Snippets;

/// <summary>
/// A block marked csharp in a page. It is a program: statements first, types after them, with the usings that every project of ours has.
/// What it takes for granted (a variable, a using) stands in an HTML comment right above it that begins with "given".
/// </summary>
/// <param name="Page">The page, relative to the repository.</param>
/// <param name="Line">The line of the page at which the block's code begins, from 1.</param>
/// <param name="Given">The code of the comment.</param>
/// <param name="Code">The code of the block.</param>
internal sealed record Snippet(string Page, int Line, string Given, string Code)
{
    private const string Fence = "```";

    public static IEnumerable<Snippet> In(string page, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var given = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() == "<!-- given")
            {
                given = Until("-->", lines, ref i);
            }
            else if (lines[i].StartsWith(Fence, StringComparison.Ordinal))
            {
                var isCode = lines[i].Trim() == $"{Fence}csharp";
                var line = i + 2;
                var code = Until(Fence, lines, ref i);
                if (isCode)
                {
                    yield return new Snippet(page, line, given, code);
                }

                given = "";
            }
            else if (lines[i].Trim().Length > 0)
            {
                given = "";
            }
        }
    }

    public override string ToString() => $"{Page}:{Line}";

    private static string Until(string end, string[] lines, ref int i)
    {
        var start = ++i;
        while (i < lines.Length && lines[i].Trim() != end)
        {
            i++;
        }

        return string.Join('\n', lines[start..Math.Min(i, lines.Length)]);
    }
}
