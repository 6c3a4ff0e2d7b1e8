using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Iarnet.Objects;

namespace Iarnet.Store.Tests.Faults;

/// <summary>Objects whose size and bytes follow from their id: whoever reads one can tell whether it is whole, and is that one.</summary>
internal static class Pattern
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The n-th id of a series.</summary>
    public static ObjectId Id(int series, int number) => new(new UInt128(Mix(((ulong)(uint)series << 32) | (uint)number), Mix(~(((ulong)(uint)number << 32) | (uint)series))));

    /// <summary>A size between bounds, small ones more often.</summary>
    public static int Size(ObjectId id, int least, int most)
    {
        var draw = Mix((ulong)id.Value ^ Golden);
        var range = (ulong)(most - least) + 1;
        return least + (int)Math.Min(draw % range, (draw >> 20) % range);
    }

    public static void Fill(ObjectId id, Span<byte> bytes)
    {
        var (word, step) = Start(id);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = word;
            word += step;
        }

        for (var i = words.Length * sizeof(ulong); i < bytes.Length; i++)
        {
            bytes[i] = (byte)(word >> (8 * (i & 7)));
        }
    }

    public static byte[] Bytes(ObjectId id, int size)
    {
        var bytes = new byte[size];
        Fill(id, bytes);
        return bytes;
    }

    public static bool Matches(ObjectId id, ReadOnlySpan<byte> bytes)
    {
        var (word, step) = Start(id);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] != word)
            {
                return false;
            }

            word += step;
        }

        for (var i = words.Length * sizeof(ulong); i < bytes.Length; i++)
        {
            if (bytes[i] != (byte)(word >> (8 * (i & 7))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Fails with what is wrong, as one who reads a torn object should.</summary>
    public static void Verify(ObjectId id, ReadOnlySpan<byte> bytes, int expected)
    {
        if (bytes.Length != expected || !Matches(id, bytes))
        {
            var begin = Convert.ToHexString(bytes[..Math.Min(32, bytes.Length)]);
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"TORN: the object {id} has {bytes.Length} bytes where {expected} were put; they begin with {begin}"));
        }
    }

    private static (ulong Word, ulong Step) Start(ObjectId id) => (Mix((ulong)id.Value), Mix((ulong)(id.Value >> 64)) | 1);

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return BinaryPrimitives.ReverseEndianness(x ^ (x >> 31)) + Golden;
    }
}
