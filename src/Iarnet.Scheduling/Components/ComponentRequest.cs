using System.Collections.Immutable;
using Iarnet.Resources;

namespace Iarnet.Scheduling;

/// <summary>A component that is wanted, wherever there is room. Immutable.</summary>
/// <param name="Name">What it is for: the readable front of its id, and what the "spread" policy keeps apart.</param>
/// <param name="Runtime">What runs it: one of the runtimes of a provider.</param>
public sealed record ComponentRequest(string Name, string Runtime)
{
    /// <summary>The id to use; null, the default, for a new one that begins with <see cref="Name"/>.</summary>
    public ComponentId? Id { get; init; }

    /// <summary>What it needs. Nothing in particular by default.</summary>
    public ResourceRequest Resources { get; init; } = ResourceRequest.None;

    /// <summary>Variables that it finds in its environment. Empty by default.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Free labels. Empty by default.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The placement policy by name; null, the default, for the one of <see cref="DomainOptions.Policy"/>.</summary>
    public string? Policy { get; init; }
}
