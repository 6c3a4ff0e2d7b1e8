namespace Iarnet.Providers;

/// <summary>The last lines of a stream. Thread-safe: the reading loop adds while a death is described.</summary>
internal sealed class LineTail(int limit)
{
    // An error text is read by people: beyond this it is a log, and the log has it all.
    private const int TextLimit = 8_192;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > limit)
            {
                _lines.Dequeue();
            }
        }
    }

    public override string ToString()
    {
        string[] lines;
        lock (_lock)
        {
            lines = [.. _lines];
        }

        var first = lines.Length;
        for (var length = 0; first > 0 && length + lines[first - 1].Length < TextLimit; first--)
        {
            length += lines[first - 1].Length + 1;
        }

        var text = string.Join('\n', lines[first..]);
        return text.Length == 0 && lines.Length > 0 ? lines[^1][..Math.Min(lines[^1].Length, TextLimit)] : text;
    }
}
