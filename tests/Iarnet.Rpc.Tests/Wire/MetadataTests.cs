namespace Iarnet.Rpc.Wire;

public sealed class MetadataTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("größe")]
    [InlineData("a:b")]
    [InlineData("a\nb")]
    public void A_key_that_cannot_travel_is_refused(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Theory]
    [InlineData("größe")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    public void A_text_that_cannot_travel_is_refused(string value) => Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", value));

    [Fact]
    public void The_end_of_a_key_says_what_its_value_is()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", [1]));
    }

    [Fact]
    public void Keys_are_lower_case_and_found_in_any_case()
    {
        var metadata = new Metadata { { "Key", "1" }, { "KEY", "2" } };
        Assert.Equal("2", metadata.GetValue("kEy"));
        Assert.Equal(["1", "2"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.All(metadata, entry => Assert.Equal("key", entry.Key));
    }

    [Fact]
    public void The_shared_empty_list_stays_empty() => Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));

    [Theory]
    [InlineData("", 0)]
    [InlineData("AA", 1)]
    [InlineData("AA==", 1)]
    [InlineData("AAA", 2)]
    [InlineData("AAAA", 3)]
    [InlineData("AA, AAA", 1, 2)]
    public void Binary_values_are_read_with_and_without_padding(string text, params int[] sizes)
    {
        var metadata = new Metadata();
        GrpcHeaders.Read(metadata, "key-bin", text);
        Assert.Equal(sizes, metadata.Select(entry => entry.ValueBytes.Length));
    }

    [Theory]
    [InlineData("key-bin", "!!")]
    [InlineData("grpc-status", "0")]
    [InlineData(":path", "/")]
    [InlineData("content-type", "application/grpc")]
    [InlineData("te", "trailers")]
    public void What_is_not_metadata_of_the_application_is_passed_over(string key, string value)
    {
        var metadata = new Metadata();
        GrpcHeaders.Read(metadata, key, value);
        Assert.Empty(metadata);
    }

    [Fact]
    public void Status_texts_travel_as_ascii_and_long_ones_are_cut()
    {
        const string text = "größe 100 %\n零 😀";
        var encoded = GrpcMessageText.Encode(text);
        Assert.True(encoded.All(char.IsAscii), encoded);
        Assert.Equal(text, GrpcMessageText.Decode(encoded));
        Assert.True(GrpcMessageText.Encode(new string('a', 1 << 20)).Length < 8 << 10);
        Assert.Equal("100%", GrpcMessageText.Decode("100%"));
    }
}
