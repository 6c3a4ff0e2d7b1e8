using System.Collections.ObjectModel;
using System.Text;

namespace Iarnet.Store.Transfer;

/// <summary>The answer of a source.</summary>
/// <param name="Size">The object's size.</param>
/// <param name="Ticket">The reader's place in the broadcast, for DONE; 0: none.</param>
/// <param name="Redirected">Read from the first of <paramref name="Holders"/>, not here.</param>
/// <param name="Holders">Who has it too, or is getting it; the best first.</param>
/// <param name="Codec">The object's codec.</param>
/// <param name="Metadata">The object's metadata.</param>
internal sealed record Located(long Size, long Ticket, bool Redirected, IReadOnlyList<string> Holders, string Codec, IReadOnlyDictionary<string, string>? Metadata)
{
    /// <summary>No fewer bytes than <see cref="Write"/> needs.</summary>
    public int MostBytes
    {
        get
        {
            var bytes = 64 + (Codec.Length * 4);
            foreach (var holder in Holders)
            {
                bytes += 2 + (holder.Length * 4);
            }

            foreach (var (key, value) in Metadata ?? ReadOnlyDictionary<string, string>.Empty)
            {
                bytes += 4 + Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
            }

            return bytes;
        }
    }

    public int Write(Span<byte> to)
    {
        var body = new BodyWriter(to);
        body.Int64(Size);
        body.Int64(Ticket);
        body.Byte(Redirected ? (byte)1 : (byte)0);
        body.Texts(Holders);
        body.Text(Codec);
        body.UInt16((ushort)(Metadata?.Count ?? 0));
        foreach (var (key, value) in Metadata ?? ReadOnlyDictionary<string, string>.Empty)
        {
            body.Text(key);
            body.Text(value);
        }

        return body.Length;
    }

    public static Located Read(ReadOnlySpan<byte> from)
    {
        var body = new BodyReader(from);
        var size = body.Int64();
        var ticket = body.Int64();
        var redirected = body.Byte() == 1;
        var holders = body.Texts(TransferLimits.Endpoints, TransferLimits.EndpointCharacters);
        var codec = body.Text(TransferLimits.CodecCharacters);
        var pairs = body.UInt16();
        Dictionary<string, string>? metadata = null;
        for (var i = 0; i < pairs; i++)
        {
            (metadata ??= new(StringComparer.Ordinal))[body.Text(ushort.MaxValue)] = body.Text(ushort.MaxValue);
        }

        body.End();
        return size is >= 0 and <= TransferLimits.ObjectBytes && (!redirected || holders.Count > 0)
            ? new Located(size, ticket, redirected, holders, codec, metadata)
            : throw new TransferProtocolException($"A source says that an object has {size} bytes and {holders.Count} holders.");
    }
}
