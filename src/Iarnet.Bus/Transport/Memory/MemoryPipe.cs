namespace Iarnet.Bus.Transport.Memory;

/// <summary>Bytes on their way from one end to the other: bounded, in order. Thread-safe.</summary>
internal sealed class MemoryPipe
{
    private const int Capacity = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly byte[] _ring = new byte[Capacity];
    private int _start;
    private int _count;
    private bool _isEnded;
    private bool _isBroken;

    /// <summary>Set by the writer when it found no room.</summary>
    public bool WriterWaits { get; set; }

    /// <summary>Takes what there is room for; <see cref="ITransportLink.Nothing"/> when there is none.</summary>
    public int Write(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        lock (_lock)
        {
            if (_isEnded || _isBroken)
            {
                throw new LinkBrokenException("the other end closed");
            }

            if (_count == Capacity)
            {
                WriterWaits = true;
                return ITransportLink.Nothing;
            }

            var taken = 0;
            foreach (var part in parts)
            {
                taken += Put(part.Span);
            }

            return taken;
        }
    }

    /// <summary>Zero at the end; <see cref="ITransportLink.Nothing"/> when nothing is there.</summary>
    public int Read(Span<byte> target, out bool wakeWriter)
    {
        lock (_lock)
        {
            wakeWriter = false;
            if (_isBroken)
            {
                throw new LinkBrokenException("the network is cut");
            }

            if (_count == 0)
            {
                return _isEnded ? 0 : ITransportLink.Nothing;
            }

            var size = Math.Min(target.Length, _count);
            var straight = Math.Min(size, Capacity - _start);
            _ring.AsSpan(_start, straight).CopyTo(target);
            _ring.AsSpan(0, size - straight).CopyTo(target[straight..]);
            _start = (_start + size) % Capacity;
            _count -= size;
            wakeWriter = WriterWaits;
            WriterWaits = false;
            return size;
        }
    }

    /// <summary>What was written can still be read.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isEnded = true;
        }
    }

    /// <summary>What was written and not read is lost.</summary>
    public void Break()
    {
        lock (_lock)
        {
            _isBroken = true;
            _count = 0;
        }
    }

    private int Put(ReadOnlySpan<byte> source)
    {
        var size = Math.Min(source.Length, Capacity - _count);
        var at = (_start + _count) % Capacity;
        var straight = Math.Min(size, Capacity - at);
        source[..straight].CopyTo(_ring.AsSpan(at));
        source[straight..size].CopyTo(_ring);
        _count += size;
        return size;
    }
}
