using System.Collections.Immutable;
using System.Threading.Channels;
using Iarnet.Providers;
using Iarnet.Resources;

namespace Iarnet.Scheduling.Tests;

/// <summary>
/// A provider whose components are entries in a table, and whose behaviour a test decides call by call. Its accounting is strict: it
/// throws when more is deployed than there is, and it remembers the most that was ever used.
/// </summary>
internal sealed class ScriptedProvider(string id, ResourceAmounts total, params string[] tags) : IProvider
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ComponentId, ComponentSpec> _running = [];
    private readonly List<Channel<ComponentEvent>> _watchers = [];

    public string Id => id;

    public string Kind => "scripted";

    public ImmutableSortedSet<string> Tags { get; } = ImmutableSortedSet.CreateRange(StringComparer.OrdinalIgnoreCase, tags);

    public ImmutableSortedSet<string> Runtimes { get; init; } = ["main"];

    /// <summary>What happens before a component starts; replaced by tests.</summary>
    public Func<ComponentSpec, CancellationToken, Task> OnDeploy { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What happens between the start of a component and the answer to the one who deployed it.</summary>
    public Func<ComponentSpec, Task> OnDeployed { get; set; } = _ => Task.CompletedTask;

    public Func<ComponentId, CancellationToken, Task> OnUndeploy { get; set; } = (_, _) => Task.CompletedTask;

    public Func<CancellationToken, Task> OnConnect { get; set; } = _ => Task.CompletedTask;

    public Func<CancellationToken, Task> OnCapacity { get; set; } = _ => Task.CompletedTask;

    public Func<ProviderHealth> OnHealth { get; set; } = () => new ProviderHealth(true, "");

    /// <summary>Used by somebody else.</summary>
    public ResourceAmounts Foreign { get; set; }

    public int Deployments { get; private set; }

    public int Undeployments { get; private set; }

    public int CapacityQuestions { get; private set; }

    public IReadOnlyList<ComponentId> Running
    {
        get
        {
            lock (_lock)
            {
                return [.. _running.Keys];
            }
        }
    }

    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default) => await OnConnect(cancellationToken);

    public async ValueTask<ResourceCapacity> GetCapacityAsync(CancellationToken cancellationToken = default)
    {
        await OnCapacity(cancellationToken);
        lock (_lock)
        {
            CapacityQuestions++;
            return new ResourceCapacity(total, Used());
        }
    }

    public async ValueTask<ResourceAmounts> GetAvailableAsync(CancellationToken cancellationToken = default) => (await GetCapacityAsync(cancellationToken)).Available;

    public async ValueTask DeployAsync(ComponentSpec spec, CancellationToken cancellationToken = default)
    {
        await OnDeploy(spec, cancellationToken);
        lock (_lock)
        {
            Deployments++;
            if (!(total - Used()).Covers(spec.Resources.Amounts))
            {
                throw new PlacementException($"{id} is full");
            }

            _running.Add(spec.Id, spec);
            Publish(new ComponentStarted(default, spec.Id));
        }

        await OnDeployed(spec);
    }

    public async ValueTask UndeployAsync(ComponentId component, CancellationToken cancellationToken = default)
    {
        await OnUndeploy(component, cancellationToken);
        lock (_lock)
        {
            Undeployments++;
            End(component, new ComponentExit(0, null, true, ""));
        }
    }

    /// <summary>A component dies by itself.</summary>
    public void Kill(ComponentId component, string text)
    {
        lock (_lock)
        {
            End(component, new ComponentExit(1, null, false, text));
        }
    }

    /// <summary>The back end goes away: every watch ends, and what dies meanwhile is not reported.</summary>
    public void CutWatches()
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryComplete(new IOException("the line was cut"));
            }

            _watchers.Clear();
        }
    }

    public ValueTask<ProviderHealth> HealthCheckAsync(CancellationToken cancellationToken = default) => new(OnHealth());

    public ValueTask<ComponentUsage> GetUsageAsync(ComponentId component, CancellationToken cancellationToken = default) => new(new ComponentUsage(TimeSpan.FromSeconds(1), 1, 1));

    public IAsyncEnumerable<ComponentEvent> WatchAsync(CancellationToken cancellationToken = default)
    {
        var watcher = Channel.CreateUnbounded<ComponentEvent>();
        lock (_lock)
        {
            watcher.Writer.TryWrite(new ComponentsListed(default, [.. _running.Keys]));
            _watchers.Add(watcher);
        }

        return watcher.Reader.ReadAllAsync(cancellationToken);
    }

    public ValueTask DisconnectAsync(CancellationToken cancellationToken = default) => throw new InvalidOperationException("A manager must not disconnect a provider that it does not own.");

    public ValueTask DisposeAsync() => throw new InvalidOperationException("A manager must not dispose a provider that it does not own.");

    private void End(ComponentId component, ComponentExit exit)
    {
        if (_running.Remove(component))
        {
            Publish(new ComponentExited(default, component, exit));
        }
    }

    private ResourceAmounts Used() => _running.Values.Aggregate(Foreign, (sum, spec) => sum + spec.Resources.Amounts);

    private void Publish(ComponentEvent happened)
    {
        foreach (var watcher in _watchers)
        {
            watcher.Writer.TryWrite(happened);
        }
    }
}
