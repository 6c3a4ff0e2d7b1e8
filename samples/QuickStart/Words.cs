namespace QuickStart;

/// <summary>The functions of the job: static methods, run wherever the engine finds room.</summary>
public static class Words
{
    /// <summary>Longer runs of letters count as one word, named by their first bytes.</summary>
    private const int LongestWord = 64;

    /// <summary>How often each word occurs in the pieces. A word belongs to the piece in which it begins.</summary>
    public static Dictionary<string, long> Count(Chunk chunk)
    {
        var counts = new WordTable();
        var buffer = new byte[256 * 1024];
        foreach (var piece in chunk.Pieces)
        {
            using var file = File.OpenHandle(piece.Path, options: FileOptions.SequentialScan);
            CountPiece(file, piece, buffer, counts);
        }

        return counts.ToDictionary();
    }

    /// <summary>One table from several.</summary>
    public static Dictionary<string, long> Merge(Dictionary<string, long>[] parts)
    {
        var total = parts[0];
        foreach (var part in parts.Skip(1))
        {
            foreach (var (word, count) in part)
            {
                total[word] = total.GetValueOrDefault(word) + count;
            }
        }

        return total;
    }

    /// <summary>The most frequent words, ties in alphabetical order.</summary>
    public static WordCount[] Top(Dictionary<string, long> counts, int howMany) =>
    [
        .. counts.Select(pair => new WordCount(pair.Key, pair.Value))
            .OrderByDescending(entry => entry.Count)
            .ThenBy(entry => entry.Word, StringComparer.Ordinal)
            .Take(howMany),
    ];

    private static void CountPiece(Microsoft.Win32.SafeHandles.SafeFileHandle file, FilePiece piece, byte[] buffer, WordTable counts)
    {
        Span<byte> word = stackalloc byte[LongestWord];
        var length = 0;
        var inWord = false;
        var position = piece.Offset;

        // A word that began before this piece is not ours: the byte before tells.
        var skipping = position > 0 && RandomAccess.Read(file, buffer.AsSpan(0, 1), position - 1) == 1 && IsLetter(buffer[0]);
        while (true)
        {
            var read = RandomAccess.Read(file, buffer, position);
            for (var i = 0; i < read; i++)
            {
                var b = buffer[i];
                if (IsLetter(b))
                {
                    if (!inWord && !skipping)
                    {
                        if (position + i >= piece.Offset + piece.Length)
                        {
                            return;
                        }

                        inWord = true;
                        length = 0;
                    }

                    if (inWord && length < LongestWord)
                    {
                        word[length++] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
                    }
                }
                else
                {
                    if (inWord)
                    {
                        counts.Add(word[..length]);
                    }

                    inWord = skipping = false;
                    if (position + i >= piece.Offset + piece.Length)
                    {
                        return;
                    }
                }
            }

            position += read;
            if (read == 0 || (skipping && position >= piece.Offset + piece.Length))
            {
                break;
            }
        }

        if (inWord)
        {
            counts.Add(word[..length]);
        }
    }

    /// <summary>Letters of ASCII, and every byte of a longer UTF-8 sequence: words of any script stay whole.</summary>
    private static bool IsLetter(byte b) => b >= 0x80 || (uint)((b | 0x20) - 'a') <= 'z' - 'a';
}
