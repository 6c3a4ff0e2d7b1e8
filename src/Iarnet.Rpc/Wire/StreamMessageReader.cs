using System.Buffers;

namespace Iarnet.Rpc;

/// <summary>Reads framed messages from a stream, each into one piece of a pooled array. One message at a time.</summary>
internal sealed class StreamMessageReader(Stream stream, int maxSize) : DeserializationContext
{
    private const int FirstSize = 4 << 10;

    /// <summary>From here on a marshaller may say where a message goes, after so many bytes of it.</summary>
    private const int PlacedSize = 16 << 10;
    private const int Foresight = 16;

    private byte[] _array = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;
    private int _length;

    public override int PayloadLength => _length;

    /// <summary>Whether the stream ended inside a message.</summary>
    public bool IsTruncated { get; private set; }

    public override byte[] PayloadAsNewBuffer() => _array.AsSpan(_start, _length).ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(_array, _start, _length);

    /// <summary>The next message; null at the end.</summary>
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        if (!await FillAsync(MessageFrame.HeaderSize, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var length = MessageFrame.ReadHeader(_array.AsSpan(_start, MessageFrame.HeaderSize), maxSize);
        if (length >= PlacedSize && marshaller.Placement is { } placement)
        {
            if (!await FillAsync(MessageFrame.HeaderSize + Foresight, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            var there = _array.AsMemory(_start + MessageFrame.HeaderSize, Math.Min(_end - _start - MessageFrame.HeaderSize, length));
            var (kept, rest) = placement(there, length);
            if (!rest.IsEmpty)
            {
                return await ReadPlacedAsync(marshaller, there, length, kept, rest, cancellationToken).ConfigureAwait(false);
            }
        }

        if (!await FillAsync((long)MessageFrame.HeaderSize + length, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        _start += MessageFrame.HeaderSize;
        _length = length;
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        finally
        {
            _start += length;
            _length = 0;
        }
    }

    /// <summary>Gives the array back. Only for the one that reads, after its last read: a read that is still under way would write into it.</summary>
    public void Release()
    {
        ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        _start = _end = 0;
    }

    private async ValueTask<T?> ReadPlacedAsync<T>(
        Marshaller<T> marshaller, ReadOnlyMemory<byte> there, int length, int kept, Memory<byte> rest, CancellationToken cancellationToken)
        where T : class
    {
        if (kept < 0 || kept > there.Length || rest.Length != length - kept)
        {
            throw new InvalidOperationException($"The marshaller of {typeof(T).Name} kept {kept} of {length} bytes and has room for {rest.Length} more.");
        }

        there[kept..].CopyTo(rest);
        for (var at = there.Length - kept; at < rest.Length;)
        {
            var read = await stream.ReadAsync(rest[at..], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                IsTruncated = true;
                return null;
            }

            at += read;
        }

        _start += MessageFrame.HeaderSize;
        _length = kept;
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        finally
        {
            _start += there.Length;
            _length = 0;
        }
    }

    private async ValueTask<bool> FillAsync(long size, CancellationToken cancellationToken)
    {
        while (_end - _start < size)
        {
            MakeRoom(size);
            var read = await stream.ReadAsync(_array.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                IsTruncated = _end > _start;
                return false;
            }

            _end += read;
        }

        return true;
    }

    private void MakeRoom(long size)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_start + size <= _array.Length)
        {
            return;
        }

        var rest = _array.AsSpan(_start, _end - _start);
        if (size <= _array.Length)
        {
            rest.CopyTo(_array);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked((int)size));
            rest.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        _end -= _start;
        _start = 0;
    }
}
