using System.Text;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Tests.Memory;

public sealed class ChecksumTests
{
    // RFC 3720, B.4.
    [Fact]
    public void The_published_values_of_CRC_32C_come_out()
    {
        Assert.Equal(0u, Checksum.Of([]));
        Assert.Equal(0xE3069283u, Checksum.Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, Checksum.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Checksum.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Checksum.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void It_is_that_of_the_bits_one_by_one_at_every_length_and_alignment()
    {
        var bytes = Data.Bytes(500_000, 7);
        int[] lengths = [.. Enumerable.Range(0, 800), 1535, 1536, 1537, 12_287, 12_288, 12_289, 13_055, 13_056, 24_576, 25_344, 29_990, 196_607, 196_608, 196_609, 209_700, 499_990];
        foreach (var length in lengths)
        {
            foreach (var start in new[] { 0, 1, 5 })
            {
                var slice = bytes.AsSpan(start, length);
                Assert.True(BitByBit(slice) == Checksum.Of(slice), $"length {length}, start {start}");
            }
        }
    }

    [Fact]
    public void It_can_be_taken_in_parts()
    {
        var bytes = Data.Bytes(400_000, 8);
        var whole = Checksum.Of(bytes);
        foreach (var cut in new[] { 0, 1, 767, 768, 12_288, 200_001, 399_999, 400_000 })
        {
            Assert.Equal(whole, Checksum.Append(Checksum.Of(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var register = uint.MaxValue;
        foreach (var item in bytes)
        {
            register ^= item;
            for (var bit = 0; bit < 8; bit++)
            {
                register = (register & 1) != 0 ? (register >> 1) ^ 0x82F63B78 : register >> 1;
            }
        }

        return ~register;
    }
}
