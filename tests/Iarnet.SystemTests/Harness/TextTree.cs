using System.Text;

namespace Iarnet.SystemTests.Harness;

/// <summary>A folder of generated text: the same seed gives the same files.</summary>
internal sealed class TextTree : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("iarnet-text-").FullName;

    /// <summary>Writes a file of about so many bytes of words from a vocabulary with the skew of real text.</summary>
    public TextTree File(string name, long bytes, int seed)
    {
        var random = new Random(seed);
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        using var stream = System.IO.File.Create(file);
        var line = new StringBuilder();
        for (long written = 0; written < bytes;)
        {
            line.Clear();
            while (line.Length < 4096)
            {
                line.Append("word").Append(Letters((int)(20_000 * Math.Pow(random.NextDouble(), 3)))).Append(random.Next(12) == 0 ? ".\n" : " ");
            }

            var text = Encoding.UTF8.GetBytes(line.ToString());
            var size = (int)Math.Min(text.Length, bytes - written);
            stream.Write(text, 0, size);
            written += size;
        }

        return this;
    }

    public TextTree Bytes(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(System.IO.Path.Combine(Path, name), bytes);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string Letters(int number)
    {
        var text = new StringBuilder();
        do
        {
            text.Append((char)('a' + (number % 26)));
            number /= 26;
        }
        while (number > 0);
        return text.ToString();
    }
}
