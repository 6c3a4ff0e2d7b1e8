using Iarnet.Actors;
using Iarnet.Objects;

namespace Iarnet.Components.Tests;

internal sealed class TestEncoded(EncodedValue value) : IActorValue
{
    public bool TryGetEncoded(out EncodedValue encoded)
    {
        encoded = value;
        return true;
    }

    public ValueTask<EncodedValue> EncodeAsync(IObjectSpace space, CancellationToken cancellationToken = default) => ValueTask.FromResult(value);
}
