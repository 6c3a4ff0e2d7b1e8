using Iarnet.Actors;
using Iarnet.Bus;
using Iarnet.Components.Actors;
using Iarnet.Components.Groups;
using Iarnet.Components.Packaging;
using Iarnet.Objects;
using Iarnet.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Components;

/// <summary>
/// Actor groups whose actors are components: processes, containers, whatever the launcher starts, reached over the bus. Lost components
/// are replaced. Thread-safe. Disposing it ends every group that it started.
/// </summary>
public sealed class ComponentActorHost : IActorHost, IAsyncDisposable
{
    private readonly ComponentActorHostOptions _options;
    private readonly TimeProvider _time;
    private readonly SeededRandom _random;
    private readonly ComponentRun _run;
    private readonly ComponentMetrics _metrics = new();
    private readonly Lock _lock = new();
    private readonly List<ComponentGroup> _groups = [];
    private bool _disposed;

    /// <summary>Creates the host; components are started with the first group.</summary>
    /// <param name="bus">The bus that components connect to; started before the first group.</param>
    /// <param name="store">Where code is put and results are kept; served at <see cref="ComponentActorHostOptions.StoreAddress"/>.</param>
    /// <param name="space">What encodes arguments, over the same store.</param>
    /// <param name="launcher">What starts components.</param>
    /// <param name="options">See there; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logs">Where it logs; null for nowhere.</param>
    /// <param name="random">The source of the waits before replacements; null for a new one.</param>
    public ComponentActorHost(
        ComponentBus bus,
        ObjectStore store,
        IObjectSpace space,
        IComponentLauncher launcher,
        ComponentActorHostOptions? options = null,
        TimeProvider? time = null,
        ILoggerFactory? logs = null,
        SeededRandom? random = null)
    {
        _options = options ?? new ComponentActorHostOptions();
        _time = time ?? TimeProvider.System;
        _random = random ?? new SeededRandom();
        var environment = new ActorEnvironment(
            new FunctionPackager(store, _options, _time),
            store,
            space,
            _options,
            _metrics,
            (logs ?? NullLoggerFactory.Instance).CreateLogger<ComponentActorHost>());
        _run = new ComponentRun(bus, launcher, environment, _time);
    }

    /// <summary>The components that are ready for calls now.</summary>
    public IReadOnlyCollection<ConnectedComponent> Connected => _run.Connected;

    /// <inheritdoc/>
    public bool Supports(string language) => _options.Languages.Contains(language);

    /// <inheritdoc/>
    public IActorGroup StartGroup(ActorGroupSpec spec, IActorGroupObserver observer)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(observer);
        if (!Supports(spec.Language))
        {
            throw new FunctionNotSupportedException($"Group '{spec.Name}' cannot be started: no component runs '{spec.Language}'. Known: {string.Join(", ", _options.Languages)}.");
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var group = new ComponentGroup(spec, observer, _run, _options, _time, _random);
            _groups.Add(group);
            return group;
        }
    }

    /// <summary>Ends every group. Returns within the drain and stop limits of the options.</summary>
    public async ValueTask DisposeAsync()
    {
        ComponentGroup[] groups;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            groups = [.. _groups];
        }

        await Task.WhenAll(groups.Select(group => group.DisposeAsync().AsTask())).ConfigureAwait(false);
        _metrics.Dispose();
    }
}
