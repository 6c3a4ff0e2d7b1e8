using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Iarnet.Store.Memory;

/// <summary>
/// CRC-32C of bytes, as iSCSI has it (RFC 3720, B.4): polynomial 0x1EDC6F41 reflected, register all ones before, inverted after;
/// "123456789" gives 0xE3069283 and no bytes give 0. It finds every change of up to 32 bits in a row.
/// </summary>
/// <remarks>
/// The instruction takes 8 bytes and can start every cycle, but answers only after three: one chain runs at a third of its speed.
/// So three lanes that lie one after the other are taken in step and joined afterwards. The register is linear over GF(2):
/// <c>register(A ‖ B) = register(A ‖ zeros of B's length) ^ register of B begun with 0</c>, and running over a fixed
/// number of zero bytes is a matrix, kept as a table for each of the register's four bytes (Mark Adler's crc32c.c).
/// </remarks>
internal static class Checksum
{
    // Joining costs eight look-ups: long lanes make it vanish, short ones serve the rest and small objects.
    private const int LongLane = 4096;
    private const int ShortLane = 256;

    // The reflected polynomial.
    private const uint Polynomial = 0x82F63B78;

    private static readonly uint[] _overLong = Zeros(LongLane);
    private static readonly uint[] _overShort = Zeros(ShortLane);

    /// <summary>The checksum of the bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="checksum"/> is the checksum of, followed by the bytes.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var left = bytes.Length;
        var register = ~checksum;
        while (left >= 3 * LongLane)
        {
            register = ThreeLanes(register, ref at, LongLane, _overLong);
            at = ref Unsafe.Add(ref at, 3 * LongLane);
            left -= 3 * LongLane;
        }

        while (left >= 3 * ShortLane)
        {
            register = ThreeLanes(register, ref at, ShortLane, _overShort);
            at = ref Unsafe.Add(ref at, 3 * ShortLane);
            left -= 3 * ShortLane;
        }

        for (; left >= sizeof(ulong); left -= sizeof(ulong))
        {
            register = BitOperations.Crc32C(register, Word(ref at, 0));
            at = ref Unsafe.Add(ref at, sizeof(ulong));
        }

        for (; left > 0; left--)
        {
            register = BitOperations.Crc32C(register, at);
            at = ref Unsafe.Add(ref at, 1);
        }

        return ~register;
    }

    private static uint ThreeLanes(uint first, ref byte at, int lane, uint[] overLane)
    {
        uint second = 0;
        uint third = 0;
        for (nint i = 0; i < lane; i += sizeof(ulong))
        {
            first = BitOperations.Crc32C(first, Word(ref at, i));
            second = BitOperations.Crc32C(second, Word(ref at, i + lane));
            third = BitOperations.Crc32C(third, Word(ref at, i + lane + lane));
        }

        return Over(overLane, Over(overLane, first) ^ second) ^ third;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte at, nint offset)
    {
        // The first byte in memory is the lowest, whatever the machine.
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset));
        return BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
    }

    private static uint Over(uint[] tables, uint register) =>
        tables[(byte)register] ^ tables[256 + (byte)(register >> 8)] ^ tables[512 + (byte)(register >> 16)] ^ tables[768 + (int)(register >> 24)];

    // What the register becomes over so many zero bytes, for each value of each of its bytes.
    private static uint[] Zeros(int count)
    {
        Span<uint> bits = stackalloc uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var register = 1u << bit;
            for (var i = 0; i < count * 8; i++)
            {
                register = (register >> 1) ^ (Polynomial & (0u - (register & 1)));
            }

            bits[bit] = register;
        }

        var tables = new uint[4 * 256];
        for (var i = 0; i < tables.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                tables[i] ^= (i & (1 << bit)) != 0 ? bits[(i >> 8 << 3) + bit] : 0;
            }
        }

        return tables;
    }
}
