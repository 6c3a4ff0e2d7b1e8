using System.Collections.Immutable;
using Iarnet.Resources;

namespace Iarnet.Providers;

/// <summary>
/// An adapter to something that runs components: this process, the operating system, a container engine, a cluster, a cloud.
/// Thread-safe. Every method that waits honours its token; what it had begun by then is finished or undone in the background.
/// </summary>
/// <remarks>
/// Three promises hold for every provider: deploying is idempotent by component id; what is promised to components never exceeds
/// the capacity; and when <see cref="UndeployAsync"/> has returned, nothing of the component runs any more.
/// </remarks>
public interface IProvider : IAsyncDisposable
{
    /// <summary>The name of this provider, unique in its node; part of logs, metrics and errors.</summary>
    string Id { get; }

    /// <summary>What stands behind it: "process", "in-process", "docker", ...</summary>
    string Kind { get; }

    /// <summary>What its components may ask for by name ("gpu", "camera"); compared without regard to case. Final once connected.</summary>
    ImmutableSortedSet<string> Tags { get; }

    /// <summary>The runtimes that it can start: the values that <see cref="ComponentSpec.Runtime"/> may have. Final once connected.</summary>
    ImmutableSortedSet<string> Runtimes { get; }

    /// <summary>Makes the provider usable. May be called again after it failed and after <see cref="DisconnectAsync"/>; does nothing when connected.</summary>
    /// <exception cref="IarnetException">What stands behind the provider cannot be reached or used.</exception>
    ValueTask ConnectAsync(CancellationToken cancellationToken = default);

    /// <summary>Everything there is, and how much of it is promised to components.</summary>
    ValueTask<ResourceCapacity> GetCapacityAsync(CancellationToken cancellationToken = default);

    /// <summary>What a component may still ask for.</summary>
    ValueTask<ResourceAmounts> GetAvailableAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Starts a component and returns when it has been started (not: when it is ready). Does nothing when the same spec already
    /// runs under this id. Each start is followed by exactly one <see cref="ComponentStarted"/> and, later, one <see cref="ComponentExited"/>.
    /// </summary>
    /// <exception cref="PlacementException">There is no room, the runtime is unknown or cannot be started, another spec runs under the id,
    /// or the provider is not connected.</exception>
    ValueTask DeployAsync(ComponentSpec spec, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends a component: asks it to stop, and takes it away when it does not. Does nothing when nothing runs under the id.
    /// Cancelling gives up the wait, never the ending.
    /// </summary>
    /// <exception cref="IarnetException">The component resists even being killed; its resources stay reserved.</exception>
    ValueTask UndeployAsync(ComponentId id, CancellationToken cancellationToken = default);

    /// <summary>Looks whether components could be started now. Never throws but for cancellation.</summary>
    ValueTask<ProviderHealth> HealthCheckAsync(CancellationToken cancellationToken = default);

    /// <summary>What a component has used up to now.</summary>
    /// <exception cref="ComponentLostException">Nothing runs under the id.</exception>
    ValueTask<ComponentUsage> GetUsageAsync(ComponentId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// What happens to components from the moment of the call (not of the first read) on. The first event is always
    /// <see cref="ComponentsListed"/>, so that a watcher who was away learns what ended meanwhile. Ends when the provider is
    /// disposed; fails when the reader falls more than 65,536 events behind.
    /// </summary>
    IAsyncEnumerable<ComponentEvent> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>Undeploys everything that this provider deployed and takes nothing more until connected again. Returns within a bound.</summary>
    ValueTask DisconnectAsync(CancellationToken cancellationToken = default);
}
