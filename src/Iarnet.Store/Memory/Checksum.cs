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
    // Joining costs eight look-ups: long lanes make it vanish, and give the prefetcher of the memory runs that are worth its while
    // (twice the speed of 4 KiB on what is in no cache). The shorter ones serve the rest and small objects. All are powers of two.
    private const int LongLane = 64 << 10;
    private const int MiddleLane = 4096;
    private const int ShortLane = 256;

    private static readonly uint[] OverLong = Zeros(LongLane);
    private static readonly uint[] OverMiddle = Zeros(MiddleLane);
    private static readonly uint[] OverShort = Zeros(ShortLane);

    /// <summary>The checksum of the bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="checksum"/> is the checksum of, followed by the bytes.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var register = ~checksum;
        var at = 0;
        InLanes(ref register, ref start, ref at, bytes.Length, LongLane, OverLong);
        InLanes(ref register, ref start, ref at, bytes.Length, MiddleLane, OverMiddle);
        InLanes(ref register, ref start, ref at, bytes.Length, ShortLane, OverShort);
        for (; bytes.Length - at >= sizeof(ulong); at += sizeof(ulong))
        {
            register = BitOperations.Crc32C(register, Word(ref start, at));
        }

        for (; at < bytes.Length; at++)
        {
            register = BitOperations.Crc32C(register, bytes[at]);
        }

        return ~register;
    }

    private static void InLanes(ref uint register, ref byte bytes, ref int offset, int length, int lane, uint[] overLane)
    {
        for (; length - offset >= 3 * lane; offset += 3 * lane)
        {
            ref var at = ref Unsafe.Add(ref bytes, offset);
            var first = register;
            uint second = 0;
            uint third = 0;
            for (nint i = 0; i < lane; i += sizeof(ulong))
            {
                first = BitOperations.Crc32C(first, Word(ref at, i));
                second = BitOperations.Crc32C(second, Word(ref at, i + lane));
                third = BitOperations.Crc32C(third, Word(ref at, i + lane + lane));
            }

            register = Over(overLane, Over(overLane, first) ^ second) ^ third;
        }
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
        // What each bit of it becomes: over one byte, then, twice the same, over two, four, eight ...
        var bits = new uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            bits[bit] = BitOperations.Crc32C(1u << bit, (byte)0);
        }

        for (var done = 1; done < count; done *= 2)
        {
            bits = Array.ConvertAll(bits, register => Applied(bits, register));
        }

        var tables = new uint[4 * 256];
        for (var i = 0; i < tables.Length; i++)
        {
            tables[i] = Applied(bits, (uint)(i & 255) << (i >> 8 << 3));
        }

        return tables;
    }

    private static uint Applied(uint[] bits, uint register)
    {
        uint result = 0;
        for (; register != 0; register &= register - 1)
        {
            result ^= bits[BitOperations.TrailingZeroCount(register)];
        }

        return result;
    }
}
