using System.Text;

namespace Iarnet.Components.Protocol;

/// <summary>
/// The few texts that come with every value, codec names and node ids, as one string each. A peer that sends ever new ones
/// replaces the oldest, so the cache stays small. One reader.
/// </summary>
internal sealed class TextCache
{
    private readonly (byte[] Bytes, string Text)[] _entries = new (byte[], string)[8];
    private int _next;

    public string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        foreach (var (known, text) in _entries)
        {
            if (known is not null && bytes.SequenceEqual(known))
            {
                return text;
            }
        }

        var made = Encoding.UTF8.GetString(bytes);
        _entries[_next++ % _entries.Length] = (bytes.ToArray(), made);
        return made;
    }
}
