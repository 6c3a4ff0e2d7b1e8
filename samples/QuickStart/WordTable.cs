using System.Text;

namespace QuickStart;

/// <summary>Counts words given as UTF-8, making a string only for a word that is new.</summary>
internal sealed class WordTable
{
    private readonly Dictionary<string, Counter> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Counter>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public WordTable() => _lookup = _counters.GetAlternateLookup<ReadOnlySpan<char>>();

    public void Add(ReadOnlySpan<byte> utf8)
    {
        Span<char> chars = stackalloc char[utf8.Length];
        var word = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        if (!_lookup.TryGetValue(word, out var counter))
        {
            _counters.Add(word.ToString(), counter = new Counter());
        }

        counter.Count++;
    }

    public Dictionary<string, long> ToDictionary() =>
        _counters.ToDictionary(pair => pair.Key, pair => pair.Value.Count, StringComparer.Ordinal);

    private sealed class Counter
    {
        public long Count { get; set; }
    }
}
