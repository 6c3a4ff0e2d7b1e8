namespace Iarnet.Components.Protocol;

/// <summary>A growing array that messages are written into, and emptied without giving up its memory. One writer.</summary>
internal sealed class ByteBuffer
{
    private byte[] _bytes;

    public ByteBuffer(int capacity = 4096)
    {
        _bytes = new byte[capacity];
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public Span<byte> Reserve(int count)
    {
        var needed = checked(Length + count);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max((long)_bytes.Length * 2, needed), Array.MaxLength));
        }

        return _bytes.AsSpan(Length, count);
    }

    public void Advance(int count) => Length += count;

    public void Clear() => Length = 0;

    /// <summary>Takes back what was written after a point: the message that was begun there turned out not to be sendable.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>What was written, in memory of its own: a message handed to the bus belongs to the bus.</summary>
    public byte[] Detach()
    {
        var bytes = Written.ToArray();
        // One large argument must not keep its size for the life of the actor.
        if (_bytes.Length > 1 << 20)
        {
            _bytes = new byte[4096];
        }

        Clear();
        return bytes;
    }
}
