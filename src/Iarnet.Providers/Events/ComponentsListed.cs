using System.Collections.Immutable;

namespace Iarnet.Providers;

/// <summary>The first event of every watch: what runs now. A component that the watcher knew and that is not in it has ended.</summary>
/// <param name="At">When, by the clock of the provider.</param>
/// <param name="Running">The components that run.</param>
public sealed record ComponentsListed(DateTimeOffset At, ImmutableArray<ComponentId> Running) : ComponentEvent(At);
