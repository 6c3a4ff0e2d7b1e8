using Iarnet.Providers;

namespace Iarnet.Scheduling;

/// <summary>A component that was placed and started. Disposing it ends the component and frees its resources. Thread-safe.</summary>
public sealed class ComponentLease : IAsyncDisposable
{
    private readonly DomainResourceManager _manager;
    private readonly ComponentEntry _entry;

    internal ComponentLease(DomainResourceManager manager, ComponentEntry entry)
    {
        _manager = manager;
        _entry = entry;
    }

    /// <summary>The component.</summary>
    public ComponentId Id => _entry.Id;

    /// <summary>The provider that runs it.</summary>
    public string ProviderId => _entry.Provider.Provider.Id;

    /// <summary>Completes when the component has ended, by itself or on request. Never fails.</summary>
    public Task<ComponentExit> Ended => _entry.Ended.Task;

    /// <summary>What the component has used up to now.</summary>
    /// <exception cref="ComponentLostException">It has ended.</exception>
    public ValueTask<ComponentUsage> GetUsageAsync(CancellationToken cancellationToken = default) =>
        _entry.Provider.Provider.GetUsageAsync(Id, cancellationToken);

    /// <summary>
    /// Ends the component and waits until nothing of it is left, but no longer than <see cref="DomainOptions.ReleaseLimit"/>: after that
    /// the manager goes on trying by itself, and its resources stay reserved until it succeeds. Harmless when repeated.
    /// </summary>
    public ValueTask DisposeAsync() => _manager.ReleaseAsync(_entry);
}
