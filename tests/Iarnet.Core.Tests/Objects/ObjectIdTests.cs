using FsCheck.Fluent;
using Iarnet.Objects;

namespace Iarnet.Tests.Objects;

public sealed class ObjectIdTests
{
    private static readonly FsCheck.Arbitrary<ObjectId> Ids =
        (from high in Property.Bits from low in Property.Bits select new ObjectId(new UInt128(high, low))).ToArbitrary();

    [Fact]
    public void Every_id_is_read_back_as_it_was_written() => Property.Holds(
        Ids,
        id => id.ToString().Length == 32 && ObjectId.Parse(id.ToString()) == id && ObjectId.Parse(id.ToString().ToUpperInvariant()) == id);

    [Fact]
    public void The_text_is_big_endian_and_keeps_its_leading_zeros() =>
        Assert.Equal("0000000000000000000000000000010f", new ObjectId(0x10f).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10f")]
    [InlineData("0000000000000000000000000000010g")]
    [InlineData(" 000000000000000000000000000010f")]
    [InlineData("00000000000000000000000000000010f")]
    [InlineData("0x00000000000000000000000000010f")]
    public void Anything_but_32_digits_is_refused(string? text)
    {
        Assert.False(ObjectId.TryParse(text, out var id));
        Assert.Equal(default, id);
        var error = Assert.Throws<FormatException>(() => ObjectId.Parse(text!));
        Assert.Contains("32 hexadecimal digits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_ids_are_all_different_and_use_all_their_bits()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => ObjectId.New()).ToHashSet();
        Assert.Equal(1000, ids.Count);
        Assert.Equal(UInt128.MaxValue, ids.Aggregate(UInt128.Zero, (bits, id) => bits | id.Value));
    }

    [Fact]
    public void A_reference_is_written_as_id_at_source() =>
        Assert.Equal("0000000000000000000000000000010f@node", new ObjectRef(new ObjectId(0x10f), "node").ToString());
}
