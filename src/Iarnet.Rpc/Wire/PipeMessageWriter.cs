using System.Buffers;
using System.IO.Pipelines;

namespace Iarnet.Rpc;

/// <summary>Frames messages straight into a pipe. One message at a time.</summary>
internal sealed class PipeMessageWriter(PipeWriter pipe, int maxSize) : SerializationContext, IBufferWriter<byte>
{
    private ArrayBufferWriter<byte>? _unannounced;
    private int _announced;
    private int _written;
    private bool _isComplete;

    public void Write<T>(Marshaller<T> marshaller, T message)
    {
        _announced = -1;
        _written = 0;
        _isComplete = false;
        _unannounced?.ResetWrittenCount();
        marshaller.ContextualSerializer(message, this);
        if (!_isComplete)
        {
            throw new InvalidOperationException($"The marshaller of {typeof(T).Name} did not complete its message.");
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        MessageFrame.CheckSize(payloadLength, maxSize, "sent");
        if (_announced >= 0)
        {
            throw new InvalidOperationException("The size of a message is announced once.");
        }

        _announced = payloadLength;
        WriteHeader(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter() => _announced >= 0 ? this : _unannounced ??= new ArrayBufferWriter<byte>();

    public override void Complete()
    {
        if (_announced < 0)
        {
            Complete(_unannounced is null ? default : _unannounced.WrittenSpan);
            return;
        }

        _isComplete = _written == _announced
            ? true
            : throw new InvalidOperationException($"The marshaller announced {_announced} bytes and wrote {_written}.");
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        Complete(payload.AsSpan());
    }

    public void Advance(int count)
    {
        _written += count;
        pipe.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => pipe.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => pipe.GetSpan(sizeHint);

    private void Complete(ReadOnlySpan<byte> payload)
    {
        if (_announced < 0)
        {
            SetPayloadLength(payload.Length);
        }
        else if (_announced != payload.Length)
        {
            throw new InvalidOperationException($"The marshaller announced {_announced} bytes and wrote {payload.Length}.");
        }

        pipe.Write(payload);
        _isComplete = true;
    }

    private void WriteHeader(int length)
    {
        MessageFrame.WriteHeader(pipe.GetSpan(MessageFrame.HeaderSize), length);
        pipe.Advance(MessageFrame.HeaderSize);
    }
}
