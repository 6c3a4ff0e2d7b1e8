using System.Text;

namespace QuickStart;

/// <summary>The same count with none of the machinery: one thread, one file after the other. What the job must agree with.</summary>
internal static class PlainCount
{
    private const int LongestWord = 64;

    public static Dictionary<string, long> Of(IEnumerable<string> files)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var word = new List<byte>(LongestWord);
        var buffer = new byte[1 << 16];
        foreach (var path in files)
        {
            using var file = File.OpenRead(path);
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                foreach (var b in buffer.AsSpan(0, read))
                {
                    if (b >= 128 || char.IsAsciiLetter((char)b))
                    {
                        if (word.Count < LongestWord)
                        {
                            word.Add((byte)char.ToLowerInvariant((char)b) is var lower && b < 128 ? lower : b);
                        }
                    }
                    else
                    {
                        Close();
                    }
                }
            }

            Close();
        }

        return counts;

        void Close()
        {
            if (word.Count > 0)
            {
                var text = Encoding.UTF8.GetString([.. word]);
                counts[text] = counts.GetValueOrDefault(text) + 1;
                word.Clear();
            }
        }
    }
}
