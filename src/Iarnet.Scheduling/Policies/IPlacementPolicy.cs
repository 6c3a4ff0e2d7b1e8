namespace Iarnet.Scheduling;

/// <summary>Chooses among the providers that can take a component. Found by its name. Called from one thread at a time; must not block.</summary>
public interface IPlacementPolicy
{
    /// <summary>The name by which requests and options choose it; compared without regard to case.</summary>
    string Name { get; }

    /// <summary>The index of the chosen one. There is always at least one candidate, and each has room and every tag that is asked for.</summary>
    int Choose(ReadOnlySpan<PlacementCandidate> candidates, PlacementContext context);
}
