using Iarnet.Actors;
using Iarnet.Objects;

namespace Iarnet.Components.Tests;

internal sealed class TestValue<T>(T value) : IActorValue
{
    public bool TryGetEncoded(out EncodedValue encoded)
    {
        encoded = default;
        return false;
    }

    public ValueTask<EncodedValue> EncodeAsync(IObjectSpace space, CancellationToken cancellationToken = default) => space.EncodeAsync(value, cancellationToken);
}
