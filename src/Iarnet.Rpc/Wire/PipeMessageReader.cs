using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Iarnet.Rpc;

/// <summary>Reads framed messages from a pipe, where they lie. One message at a time.</summary>
internal sealed class PipeMessageReader(PipeReader pipe, int maxSize) : DeserializationContext
{
    private const int HeaderSize = 5;
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>The next message; null at the end.</summary>
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (TryFrame(buffer, out var end))
            {
                try
                {
                    return marshaller.ContextualDeserializer(this);
                }
                finally
                {
                    _payload = default;
                    pipe.AdvanceTo(end);
                }
            }

            if (result.IsCompleted)
            {
                var rest = buffer.Length;
                pipe.AdvanceTo(buffer.End);
                return rest == 0
                    ? null
                    : throw new RpcException(new Status(StatusCode.Internal, $"The stream ended inside a message, after {rest} bytes of it."));
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            // Everything is examined, so that the flow-control window opens again for a message larger than it.
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private bool TryFrame(in ReadOnlySequence<byte> buffer, out SequencePosition end)
    {
        end = default;
        if (buffer.Length < HeaderSize)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        MessageLimit.Check(length, maxSize, "received");
        if (header[0] != 0)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "The message is compressed; this side takes only grpc-encoding identity."));
        }

        if (buffer.Length < HeaderSize + length)
        {
            return false;
        }

        _payload = buffer.Slice(HeaderSize, length);
        end = _payload.End;
        return true;
    }
}
