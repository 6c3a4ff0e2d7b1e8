using System.Buffers;
using System.IO.Pipelines;

namespace Iarnet.Rpc;

/// <summary>Reads framed messages from a pipe, where they lie. One message at a time.</summary>
internal sealed class PipeMessageReader(PipeReader pipe, int maxSize) : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    /// <summary>Whether the last message was seen to be the last of all.</summary>
    private bool IsAtEnd { get; set; }

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>The only message of its stream; waits for the end of the stream.</summary>
    public async ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        var message = await ReadAsync(marshaller, CancellationToken.None).ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.Internal, "The client ended the call without its request."));
        while (!IsAtEnd)
        {
            var result = await pipe.ReadAsync().ConfigureAwait(false);
            if (!result.Buffer.IsEmpty)
            {
                throw new RpcException(new Status(StatusCode.Internal, "The client sent more than one request to a method that takes one."));
            }

            IsAtEnd = result.IsCompleted;
            pipe.AdvanceTo(result.Buffer.End);
        }

        return message;
    }

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
                    IsAtEnd = result.IsCompleted && end.Equals(buffer.End);
                    pipe.AdvanceTo(end);
                }
            }

            if (result.IsCompleted)
            {
                IsAtEnd = true;
                var rest = buffer.Length;
                pipe.AdvanceTo(buffer.End);
                return rest == 0
                    ? null
                    : throw new RpcException(new Status(StatusCode.Internal, $"The stream ended inside a message, after {rest} bytes of it."));
            }

            // Everything is examined, so that the flow-control window opens again for a message larger than it.
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private bool TryFrame(in ReadOnlySequence<byte> buffer, out SequencePosition end)
    {
        end = default;
        if (buffer.Length < MessageFrame.HeaderSize)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[MessageFrame.HeaderSize];
        buffer.Slice(0, MessageFrame.HeaderSize).CopyTo(header);
        var length = MessageFrame.ReadHeader(header, maxSize);
        if (buffer.Length - MessageFrame.HeaderSize < length)
        {
            return false;
        }

        _payload = buffer.Slice(MessageFrame.HeaderSize, length);
        end = _payload.End;
        return true;
    }
}
