using FsCheck;
using FsCheck.Fluent;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Wire;

public sealed class FrameTests
{
    [Fact]
    public void A_header_reads_back_for_every_length_and_is_short_up_to_255()
    {
        var lengths = Gen.OneOf(Gen.Choose(0, 600).Select(static n => (long)n), ArbMap.Default.GeneratorFor<long>().Select(static n => n & long.MaxValue));
        Prop.ForAll(lengths.ToArbitrary(), Gen.Elements((byte)0, ZmtpFrames.More, ZmtpFrames.Command).ToArbitrary(), static (length, flags) =>
        {
            var target = new byte[ZmtpFrames.LongHeader];
            var size = ZmtpFrames.WriteHeader(target, flags, length);
            Assert.Equal(length <= 255 ? 2 : 9, size);
            Assert.Equal(size, ZmtpFrames.ReadHeader(target, out var readFlags, out var readLength));
            Assert.Equal(flags, readFlags & ~ZmtpFrames.Long);
            Assert.Equal((ulong)length, readLength);
            for (var cut = 0; cut < size; cut++)
            {
                Assert.Equal(0, ZmtpFrames.ReadHeader(target.AsSpan(0, cut), out _, out _));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_greeting_is_the_one_of_the_specification()
    {
        var greeting = new byte[ZmtpGreeting.Size];
        ZmtpGreeting.Write(greeting);
        Assert.Equal("FF00000000000000017F03014E554C4C" + new string('0', 96), Convert.ToHexString(greeting));
        for (var arrived = 0; arrived <= greeting.Length; arrived++)
        {
            Assert.Null(ZmtpGreeting.Judge(greeting.AsSpan(0, arrived)));
        }
    }

    [Theory]
    [InlineData(0, 0x00, "first byte")]
    [InlineData(0, 0x47, "first byte")]
    [InlineData(9, 0x00, "signature")]
    [InlineData(10, 0x01, "ZMTP 1")]
    [InlineData(12, 0x50, "mechanism")]
    [InlineData(20, 0x50, "mechanism")]
    public void A_wrong_greeting_is_refused_as_soon_as_the_wrong_byte_is_there(int position, byte value, string reason)
    {
        var greeting = new byte[ZmtpGreeting.Size];
        ZmtpGreeting.Write(greeting);
        greeting[position] = value;
        var enough = position >= 12 ? 32 : position + 1;
        Assert.Contains(reason, ZmtpGreeting.Judge(greeting.AsSpan(0, enough)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_higher_version_is_accepted()
    {
        var greeting = new byte[ZmtpGreeting.Size];
        ZmtpGreeting.Write(greeting);
        greeting[10] = 4;
        Assert.Null(ZmtpGreeting.Judge(greeting));
    }

    [Fact]
    public void Metadata_reads_back_and_its_names_have_no_case()
    {
        Prop.ForAll(ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(), static bytes =>
        {
            byte[] identity = bytes is null or [] ? [] : [(byte)(bytes[0] | 1), .. bytes.Skip(1).Take(200)];
            var block = ZmtpMetadata.Write("DEALER", identity, new Dictionary<string, string> { ["Zone"] = "north" });
            block[1] ^= 0x20;
            Assert.Null(ZmtpMetadata.Read(block, out var type, out var read, out var application));
            Assert.Equal("DEALER", type);
            Assert.Equal("north", application!["zone"]);
            Assert.True(read.SequenceEqual(identity));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Metadata_that_is_cut_anywhere_or_mutated_is_refused_or_read_and_never_throws()
    {
        var random = new SeededRandom(4);
        var body = ZmtpMetadata.Write("ROUTER", "name"u8, new Dictionary<string, string> { ["a"] = "b" });
        for (var i = 0; i < 100_000; i++)
        {
            var mutated = (byte[])body.Clone();
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            ZmtpMetadata.Read(mutated.AsSpan(0, random.Next(mutated.Length + 1)), out _, out var identity, out _);
            Assert.True(identity.Length <= body.Length);
        }
    }
}
