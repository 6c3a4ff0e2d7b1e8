using Iarnet.Objects;

namespace Iarnet.Dag.Tests;

public sealed class MemoryObjectSpaceTests
{
    [Fact]
    public async Task A_value_is_there_until_it_is_released()
    {
        var space = new MemoryObjectSpace();
        var list = new List<int> { 1, 2 };
        var encoded = await space.EncodeAsync(list);
        Assert.Same(list, await space.DecodeAsync<List<int>>(encoded));
        await Assert.ThrowsAsync<CodecException>(() => space.DecodeAsync<string>(encoded).Within());
        space.Release(encoded.Reference);
        Assert.Equal(0, space.Count);
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => space.DecodeAsync<List<int>>(encoded).Within());
        await Assert.ThrowsAsync<CodecException>(() => space.DecodeAsync<int>(new EncodedValue(new Payload("json", new byte[1]))).Within());
    }
}
