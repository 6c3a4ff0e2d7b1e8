using System.Collections.Immutable;
using Iarnet.Resources;

namespace Iarnet.Providers;

/// <summary>What a provider is asked to run. Immutable; two specs are equal when all that they say is.</summary>
/// <param name="Id">The name to run it under: the same in the provider, on the bus and in logs.</param>
/// <param name="Runtime">One of <see cref="IProvider.Runtimes"/>.</param>
public sealed record ComponentSpec(ComponentId Id, string Runtime)
{
    /// <summary>What is reserved for it. Nothing by default.</summary>
    public ResourceRequest Resources { get; init; } = ResourceRequest.None;

    /// <summary>Variables that the component finds in its environment. Empty by default. They win over those of the runtime and of the
    /// host; what the provider decides (<c>IARNET_COMPONENT_ID</c>, <c>IARNET_LIFELINE</c>, the assigned GPUs) wins over them.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Free labels, kept where the back end can keep them. Empty by default.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public bool Equals(ComponentSpec? other) => other is not null && Id == other.Id && Runtime == other.Runtime && Resources == other.Resources
        && Environment.SequenceEqual(other.Environment) && Labels.SequenceEqual(other.Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Runtime, Resources);
}
