using Iarnet.Objects;

namespace Iarnet.Actors;

/// <summary>An argument of a call: a value of this process, or one that is already encoded. Thread-safe.</summary>
public interface IActorValue
{
    /// <summary>The encoded form, when there is one already.</summary>
    bool TryGetEncoded(out EncodedValue value);

    /// <summary>Encodes the value; done once and remembered, whoever asks.</summary>
    ValueTask<EncodedValue> EncodeAsync(IObjectSpace space, CancellationToken cancellationToken = default);
}
