using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Iarnet.Rpc;

/// <summary>Frames messages (one flag byte, four length bytes, the message) straight into a pipe. One message at a time.</summary>
internal sealed class PipeMessageWriter(PipeWriter pipe, int maxSize) : SerializationContext, IBufferWriter<byte>
{
    private const int HeaderSize = 5;
    private ArrayBufferWriter<byte>? _unsized;
    private int _announced = -1;
    private int _written;

    public void Write<T>(Marshaller<T> marshaller, T message)
    {
        _announced = -1;
        _written = 0;
        marshaller.ContextualSerializer(message, this);
    }

    public override void SetPayloadLength(int payloadLength)
    {
        MessageLimit.Check(payloadLength, maxSize, "sent");
        _announced = payloadLength;
        WriteHeader(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter() => _announced >= 0 ? this : _unsized ??= new ArrayBufferWriter<byte>();

    public override void Complete()
    {
        if (_announced >= 0)
        {
            if (_written != _announced)
            {
                throw new InvalidOperationException($"The marshaller announced {_announced} bytes and wrote {_written}.");
            }

            return;
        }

        var bytes = _unsized is null ? default : _unsized.WrittenSpan;
        SetPayloadLength(bytes.Length);
        pipe.Write(bytes);
        _unsized?.ResetWrittenCount();
    }

    public override void Complete(byte[] payload)
    {
        if (_announced < 0)
        {
            SetPayloadLength(payload.Length);
        }

        pipe.Write(payload);
    }

    public void Advance(int count)
    {
        _written += count;
        pipe.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => pipe.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => pipe.GetSpan(sizeHint);

    private void WriteHeader(int length)
    {
        var header = pipe.GetSpan(HeaderSize);
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
        pipe.Advance(HeaderSize);
    }
}
