namespace Iarnet.Bus.Connections;

/// <summary>A message where it arrived: slices of the receive buffer, valid until the next one is read.</summary>
internal sealed class MultipartView
{
    private (int Offset, int Length)[] _frames = new (int, int)[4];
    private byte[] _buffer = [];
    private int _start;

    public int Count { get; private set; }

    /// <summary>Bytes of all frames.</summary>
    public long Bytes { get; private set; }

    public ReadOnlyMemory<byte> this[int index] => new(_buffer, _start + _frames[index].Offset, _frames[index].Length);

    public void Clear()
    {
        Count = 0;
        Bytes = 0;
    }

    /// <summary>Offsets count from the beginning of the message, because the buffer may move before its end has arrived.</summary>
    public void Add(int offset, int length)
    {
        if (Count == _frames.Length)
        {
            Array.Resize(ref _frames, Count * 2);
        }

        _frames[Count++] = (offset, length);
        Bytes += length;
    }

    public void Place(byte[] buffer, int start)
    {
        _buffer = buffer;
        _start = start;
    }
}
