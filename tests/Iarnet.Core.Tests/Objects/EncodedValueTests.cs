using Iarnet.Objects;

namespace Iarnet.Tests.Objects;

public sealed class EncodedValueTests
{
    [Fact]
    public void A_small_value_carries_its_bytes_and_knows_their_number()
    {
        var value = new EncodedValue(new Payload(CodecNames.Raw, new byte[] { 1, 2, 3 }));
        Assert.False(value.IsReference);
        Assert.Equal(3, value.Size);
        Assert.Equal(CodecNames.Raw, value.Payload.Codec);
        Assert.Equal([1, 2, 3], value.Payload.Bytes.ToArray());
    }

    [Fact]
    public void A_large_value_carries_where_it_lies_and_its_size()
    {
        var reference = new ObjectRef(ObjectId.New(), "node");
        var value = new EncodedValue(reference, 1L << 40);
        Assert.True(value.IsReference);
        Assert.Equal(1L << 40, value.Size);
        Assert.Equal(reference, value.Reference);
    }
}
