using System.Collections.Immutable;
using Iarnet.Resources;

namespace Iarnet.Scheduling;

/// <summary>A provider as the manager knows it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Kind">What stands behind it.</param>
/// <param name="State">How the manager stands with it.</param>
/// <param name="Capacity">What it has, and what is used of it by the last report and the placements since.</param>
/// <param name="Tags">Its labels.</param>
/// <param name="Runtimes">What it can start.</param>
/// <param name="Note">Why it is not connected; empty when it is.</param>
public sealed record ProviderView(
    string Id,
    string Kind,
    ProviderState State,
    ResourceCapacity Capacity,
    ImmutableSortedSet<string> Tags,
    ImmutableSortedSet<string> Runtimes,
    string Note);
