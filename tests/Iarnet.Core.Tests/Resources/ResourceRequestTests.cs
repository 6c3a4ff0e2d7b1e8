using System.Collections.Immutable;
using Iarnet.Resources;

namespace Iarnet.Tests.Resources;

public sealed class ResourceRequestTests
{
    [Fact]
    public void Nothing_is_asked_for_by_default()
    {
        Assert.Equal(ResourceAmounts.Zero, ResourceRequest.None.Amounts);
        Assert.Empty(ResourceRequest.None.Tags);
        Assert.Equal(ResourceRequest.None, ResourceRequest.Parse());
        Assert.Equal(ResourceRequest.None, new ResourceRequest());
    }

    [Fact]
    public void Texts_and_tags_are_read()
    {
        var request = ResourceRequest.Parse("500m", "256Mi", 1, "gpu", "camera");
        Assert.Equal(ResourceAmounts.Parse("500m", "256Mi", 1), request.Amounts);
        Assert.Equal(["camera", "gpu"], request.Tags);
        Assert.Equal("cpu 500m, memory 256Mi, gpu 1, tags camera gpu", request.ToString());
    }

    [Fact]
    public void Tags_are_compared_without_regard_to_case_and_order()
    {
        var one = ResourceRequest.Parse(tags: ["GPU", "camera"]);
        var other = ResourceRequest.Parse(tags: ["Camera", "gpu", "gpu"]);
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Contains("gPu", one.Tags);
    }

    [Fact]
    public void A_set_with_a_comparer_of_its_own_is_compared_like_any_other()
    {
        var exact = new ResourceRequest { Tags = ImmutableSortedSet.Create(StringComparer.Ordinal, "GPU", "gpu") };
        var other = ResourceRequest.Parse(tags: "gpu");
        Assert.Single(exact.Tags);
        Assert.True(exact.Equals(other));
        Assert.True(other.Equals(exact));
        Assert.Equal(exact.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void Requests_that_differ_in_amount_or_tag_are_different()
    {
        var request = ResourceRequest.Parse("1", "1Gi", 0, "gpu");
        Assert.NotEqual(request, request with { Amounts = ResourceAmounts.Parse("2", "1Gi") });
        Assert.NotEqual(request, ResourceRequest.Parse("1", "1Gi", 0, "camera"));
        Assert.NotEqual(request, ResourceRequest.Parse("1", "1Gi"));
        Assert.NotEqual(request.GetHashCode(), ResourceRequest.Parse("1", "1Gi", 0, "camera").GetHashCode());
        Assert.False(request.Equals(null));
    }

    [Fact]
    public void Having_no_set_of_tags_is_refused() =>
        Assert.Throws<ArgumentNullException>(() => new ResourceRequest { Tags = null! });
}
