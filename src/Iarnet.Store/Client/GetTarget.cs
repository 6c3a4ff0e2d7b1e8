using System.Buffers;
using Google.Protobuf;
using Iarnet.Rpc;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Client;

/// <summary>Where the chunks of one Get go: large ones straight from the connection to their place in the object.</summary>
internal sealed class GetTarget
{
    private const byte ChunkTag = (GetResponse.ChunkFieldNumber << 3) | 2;

    private static readonly Marshaller<GetRequest> Request = Marshallers.Create<GetRequest>(
        static (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        },
        static context => GetRequest.Parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    private readonly long _most;
    private RentedBytes? _bytes;
    private int _placed;

    public GetTarget(long most)
    {
        _most = most;
        Method = new Method<GetRequest, GetTarget>(
            MethodType.ServerStreaming,
            Wire.ObjectStore.Descriptor.FullName,
            nameof(Wire.ObjectStore.ObjectStoreClient.Get),
            Request,
            new Marshaller<GetTarget>(static (_, _) => throw new NotSupportedException("Responses are not sent."), Read) { Placement = Place });
    }

    /// <summary>The call, made for this object.</summary>
    public Method<GetRequest, GetTarget> Method { get; }

    public GetHeader? Header { get; private set; }

    /// <summary>How many bytes came.</summary>
    public long Written { get; private set; }

    /// <summary>Whether more came than the header said, or something else.</summary>
    public bool IsWrong { get; private set; }

    /// <summary>The object, for the caller to have; null when it was not all there, or taken before.</summary>
    public RentedBytes? Take()
    {
        var bytes = Header is not null && Written == (long)Header.Size && !IsWrong ? _bytes : null;
        _bytes = bytes is null ? _bytes : null;
        return bytes;
    }

    /// <summary>Gives the memory back that was not taken.</summary>
    public void Drop()
    {
        _bytes?.Return(0);
        _bytes = null;
    }

    // Must not throw: it is called where an exception would be taken for one of the connection.
    private GetTarget Read(DeserializationContext context)
    {
        if (_placed > 0)
        {
            Written += _placed;
            _placed = 0;
            return this;
        }

        var payload = new SequenceReader<byte>(context.PayloadAsReadOnlySequence());
        if (Header is null || IsWrong)
        {
            ReadHeader(payload.Sequence);
        }
        else if (_bytes is { } bytes && TryReadHead(ref payload, payload.Length, out var length))
        {
            payload.UnreadSequence.CopyTo(bytes.Array.AsSpan((int)Written));
            Written += length;
        }
        else
        {
            IsWrong = true;
        }

        return this;
    }

    private (int Kept, Memory<byte> Place) Place(ReadOnlyMemory<byte> first, int total)
    {
        var head = new SequenceReader<byte>(new ReadOnlySequence<byte>(first));
        if (_bytes is not { } bytes || IsWrong || !TryReadHead(ref head, total, out var length))
        {
            return default;
        }

        _placed = (int)length;
        return ((int)head.Consumed, bytes.Array.AsMemory((int)Written, _placed));
    }

    // A message of one chunk that fits into what is left of the object.
    private bool TryReadHead(ref SequenceReader<byte> message, long total, out long length)
    {
        length = 0;
        return message.TryRead(out var tag) && tag == ChunkTag && TryReadLength(ref message, out length)
            && total - message.Consumed == length && length <= (long)Header!.Size - Written;
    }

    private void ReadHeader(in ReadOnlySequence<byte> payload)
    {
        Header ??= GetResponse.Parser.ParseFrom(payload).Header;
        IsWrong |= Header is null;
        if (Header?.Size <= (ulong)_most)
        {
            _bytes ??= RentedBytes.Rent((int)Header.Size);
        }
    }

    private static bool TryReadLength(ref SequenceReader<byte> payload, out long length)
    {
        length = 0;
        for (var shift = 0; shift < 35 && payload.TryRead(out var part); shift += 7)
        {
            length |= (long)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
