using System.Collections.Immutable;

namespace Iarnet.Scheduling;

/// <summary>All that a domain has and runs, at one moment. Immutable.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Providers">The providers, in the order in which they were given.</param>
/// <param name="Components">The components that are placed.</param>
public sealed record DomainView(long Version, ImmutableArray<ProviderView> Providers, ImmutableDictionary<ComponentId, ComponentView> Components)
{
    /// <summary>A domain with nothing in it.</summary>
    public static DomainView Empty { get; } = new(0, [], ImmutableDictionary<ComponentId, ComponentView>.Empty);
}
