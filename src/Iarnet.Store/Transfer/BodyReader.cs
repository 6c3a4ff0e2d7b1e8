using System.Buffers.Binary;
using System.Text;

namespace Iarnet.Store.Transfer;

/// <summary>Reads a frame's body. Whatever is not as it should be is a <see cref="TransferProtocolException"/>.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _left = body;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public UInt128 Id() => BinaryPrimitives.ReadUInt128BigEndian(Take(16));

    public ReadOnlySpan<byte> Bytes(int most)
    {
        var length = UInt16();
        return length <= most ? Take(length) : throw new TransferProtocolException($"A field of a frame has {length} bytes: at most {most} are taken.");
    }

    public string Text(int mostCharacters)
    {
        try
        {
            var text = Strict.GetString(Bytes(Math.Min(mostCharacters * 4, ushort.MaxValue)));
            return text.Length <= mostCharacters ? text : throw new TransferProtocolException($"A text of a frame has {text.Length} characters: at most {mostCharacters} are taken.");
        }
        catch (DecoderFallbackException)
        {
            throw new TransferProtocolException("A text of a frame is not UTF-8.");
        }
    }

    public IReadOnlyList<string> Texts(int most, int mostCharacters)
    {
        var count = Byte();
        if (count > most)
        {
            throw new TransferProtocolException($"A list of a frame has {count} entries: at most {most} are taken.");
        }

        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            texts[i] = Text(mostCharacters);
        }

        return texts;
    }

    public void End()
    {
        if (!_left.IsEmpty)
        {
            throw new TransferProtocolException($"A frame is {_left.Length} bytes longer than what stands in it.");
        }
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _left.Length)
        {
            throw new TransferProtocolException($"A frame ends {bytes - _left.Length} bytes before what should stand in it.");
        }

        var taken = _left[..bytes];
        _left = _left[bytes..];
        return taken;
    }
}
