using System.Buffers;

namespace Iarnet.Store.Memory;

/// <summary>A growing buffer of pooled chunks, for values whose encoded size is not known before they are encoded. Not thread-safe.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstChunk = 4 * 1024;
    private const int LargestChunk = 1024 * 1024;

    private readonly List<(byte[] Array, int Length)> _full = [];
    private byte[] _current = [];
    private int _length;

    /// <summary>Bytes written so far.</summary>
    public long Size { get; private set; }

    /// <summary>The bytes; valid until disposal.</summary>
    public ReadOnlySequence<byte> Written
    {
        get
        {
            if (_full.Count == 0)
            {
                return new ReadOnlySequence<byte>(_current, 0, _length);
            }

            Part? first = null;
            Part? last = null;
            foreach (var (array, length) in _full.Append((_current, _length)))
            {
                last = new Part(array.AsMemory(0, length), last);
                first ??= last;
            }

            return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_current.Length - _length));
        _length += count;
        Size += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_current.Length - _length < Math.Max(sizeHint, 1))
        {
            Grow(sizeHint);
        }

        return _current.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        foreach (var (array, _) in _full)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        if (_current.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_current);
        }

        _full.Clear();
        _current = [];
        _length = 0;
    }

    private void Grow(int sizeHint)
    {
        if (_length > 0)
        {
            _full.Add((_current, _length));
        }
        else if (_current.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_current);
        }

        _current = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, (int)Math.Clamp(Size, FirstChunk, LargestChunk)));
        _length = 0;
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory, Part? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
