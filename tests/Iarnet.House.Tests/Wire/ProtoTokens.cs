using System.Text.RegularExpressions;

namespace Iarnet.House.Wire;

/// <summary>The words and signs of a .proto file, without comments, one after the other.</summary>
internal sealed partial class ProtoTokens
{
    private readonly List<string> _tokens;
    private readonly string _file;
    private int _next;

    public ProtoTokens(string file, string text)
    {
        _file = file;
        _tokens = [];
        var end = 0;
        foreach (Match match in Token().Matches(text))
        {
            if (match.Index != end)
            {
                throw new FormatException($"{file}: '{text[end..match.Index].Trim()}' is no word or sign of proto3.");
            }

            end = match.Index + match.Length;
            if (match.Groups["token"].Success)
            {
                _tokens.Add(match.Groups["token"].Value);
            }
        }

        if (end != text.Length)
        {
            throw new FormatException($"{file}: '{text[end..].Trim()}' is no word or sign of proto3.");
        }
    }

    public bool AtEnd => _next == _tokens.Count;

    public string Peek => AtEnd ? throw new FormatException($"{_file} ends in the middle of a statement.") : _tokens[_next];

    public string Take()
    {
        var token = Peek;
        _next++;
        return token;
    }

    public bool TryTake(string token)
    {
        if (AtEnd || Peek != token)
        {
            return false;
        }

        _next++;
        return true;
    }

    public void Expect(string token)
    {
        var actual = Take();
        if (actual != token)
        {
            throw new FormatException($"{_file}: expected '{token}', found '{actual}'.");
        }
    }

    /// <summary>Takes everything up to a sign, and the sign.</summary>
    public IReadOnlyList<string> TakeUntil(string sign)
    {
        var taken = new List<string>();
        for (var token = Take(); token != sign; token = Take())
        {
            taken.Add(token);
        }

        return taken;
    }

    [GeneratedRegex("""\s+|//[^\n]*|/\*[\s\S]*?\*/|(?<token>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|-?[A-Za-z0-9_][A-Za-z0-9_.]*|\.[A-Za-z_][A-Za-z0-9_.]*|[{}()\[\]<>=;,:\-])""", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
