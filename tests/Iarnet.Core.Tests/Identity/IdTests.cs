using FsCheck.Fluent;

namespace Iarnet.Tests.Identity;

public sealed class IdTests
{
    [Fact]
    public void A_node_id_is_sixteen_hexadecimal_digits_and_no_two_are_the_same()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => NodeId.New().ToString()).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(1000, ids.Count);
        Assert.All(ids, id => Assert.Matches(@"\A[0-9a-f]{16}\z", id));
    }

    [Fact]
    public void Ids_that_were_never_set_have_an_empty_text()
    {
        Assert.Equal("", default(NodeId).ToString());
        Assert.Equal("", default(ComponentId).ToString());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("count-5f2a9c01b7d4")]
    [InlineData("a--b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890ab")]
    public void A_component_id_is_taken_when_it_may_name_a_host(string text) => Assert.Equal(text, new ComponentId(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("-")]
    [InlineData("A")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("\na")]
    [InlineData("../a")]
    [InlineData("é")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890abc")]
    public void Any_other_text_is_refused_by_name(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => new ComponentId(text));
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("count", "count-")]
    [InlineData("Words.Count", "words-count-")]
    [InlineData("  --  ", "c-")]
    [InlineData("", "c-")]
    [InlineData("日本", "c-")]
    public void A_new_component_id_begins_with_the_readable_part_of_its_prefix(string prefix, string front)
    {
        var id = ComponentId.New(prefix).Value;
        Assert.StartsWith(front, id, StringComparison.Ordinal);
        Assert.Matches(@"\A[0-9a-f]{12}\z", id[front.Length..]);
    }

    [Fact]
    public void Any_prefix_gives_a_legal_id() => Property.Holds(
        ArbMap.Default.ArbFor<FsCheck.NonNull<string>>(),
        prefix => new ComponentId(ComponentId.New(prefix.Get).Value).Value.Length <= 63);
}
