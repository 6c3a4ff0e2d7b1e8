using System.Buffers;

namespace Iarnet.Rpc;

/// <summary>One framed message in one pooled array, so that it leaves in one write. Used again for the next message.</summary>
internal sealed class MessageBuffer(int maxSize) : SerializationContext, IBufferWriter<byte>
{
    private const int FirstSize = 256;

    /// <summary>From here on the bytes that a marshaller hands over are written from where they are.</summary>
    private const int CopyLimit = 16 << 10;

    private byte[] _array = [];
    private int _end;
    private int _announced;
    private byte[]? _handedOver;
    private bool _isComplete;

    /// <summary>Writes a message into the array.</summary>
    public void Fill<T>(Marshaller<T> marshaller, T message)
    {
        _end = MessageFrame.HeaderSize;
        _announced = -1;
        _handedOver = null;
        _isComplete = false;
        marshaller.ContextualSerializer(message, this);
        if (!_isComplete)
        {
            throw new InvalidOperationException($"The marshaller of {typeof(T).Name} did not complete its message.");
        }
    }

    /// <summary>Sends what was filled in.</summary>
    public async ValueTask WriteToAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_array.AsMemory(0, _end), cancellationToken).ConfigureAwait(false);
        if (_handedOver is { } payload)
        {
            await stream.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the array back. Only when no write is under way.</summary>
    public void Release()
    {
        var array = _array;
        Forget();
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    /// <summary>Leaves the array to the collector, since a write may still read from it.</summary>
    public void Forget()
    {
        _array = [];
        _handedOver = null;
    }

    public override void SetPayloadLength(int payloadLength)
    {
        MessageFrame.CheckSize(payloadLength, maxSize, "sent");
        _announced = payloadLength;
        Reserve(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter() => this;

    public override void Complete()
    {
        var length = _end - MessageFrame.HeaderSize;
        if (_announced >= 0 && length != _announced)
        {
            throw new InvalidOperationException($"The marshaller announced {_announced} bytes and wrote {length}.");
        }

        MessageFrame.CheckSize(length, maxSize, "sent");
        Reserve(0);
        MessageFrame.WriteHeader(_array, length);
        _isComplete = true;
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        MessageFrame.CheckSize(payload.Length, maxSize, "sent");
        if (payload.Length <= CopyLimit)
        {
            Reserve(payload.Length);
            payload.CopyTo(_array, _end);
            _end += payload.Length;
        }
        else
        {
            Reserve(0);
            _handedOver = payload;
        }

        MessageFrame.WriteHeader(_array, payload.Length);
        _isComplete = true;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int more)
    {
        if (_array.Length - _end >= more && _array.Length > 0)
        {
            return;
        }

        // Stops a marshaller that never announced its size before it takes all memory.
        MessageFrame.CheckSize(_end - MessageFrame.HeaderSize, maxSize, "sent");
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(Math.Max((long)_end + more, _array.Length * 2L), FirstSize, Array.MaxLength));
        _array.AsSpan(0, Math.Min(_end, _array.Length)).CopyTo(larger);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
