using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Iarnet.Providers;

/// <summary>
/// What the providers of this machine have in common: components by id, their resources, their events. The provider brings how one is started.
/// </summary>
internal sealed partial class ComponentHost(
    string providerId, ResourceLedger ledger, Func<ComponentSpec, IHostedComponent> start, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ComponentId, Hosted> _components = [];
    private readonly EventHub _events = new();
    private bool _connected;

    public ResourceLedger Ledger => ledger;

    public void Connect()
    {
        lock (_lock)
        {
            _connected = true;
        }
    }

    public void Deploy(ComponentSpec spec)
    {
        // Starting happens under the lock: it takes about a millisecond, and two deployments of one id, or one beside a
        // disconnect, then need no state of "half there".
        lock (_lock)
        {
            if (!_connected)
            {
                throw new PlacementException($"Provider '{providerId}' is not connected, so component '{spec.Id}' cannot start. Call ConnectAsync first.");
            }

            if (_components.TryGetValue(spec.Id, out var present))
            {
                if (present.Spec.Equals(spec) && present.Stopping is null)
                {
                    return;
                }

                throw new PlacementException(present.Stopping is null
                    ? $"Provider '{providerId}' already runs component '{spec.Id}' from another spec. Undeploy it first, or use a new id."
                    : $"Provider '{providerId}' is still ending component '{spec.Id}'. Wait for UndeployAsync, or use a new id.");
            }

            if (!ledger.TryReserve(spec.Id, spec.Resources.Amounts, out var missing))
            {
                throw new PlacementException(
                    $"Provider '{providerId}' has no room for component '{spec.Id}': it asks for {spec.Resources.Amounts}, short by {missing}. Ask for less, or wait until something ends.");
            }

            IHostedComponent component;
            try
            {
                component = start(spec);
            }
            catch
            {
                ledger.Release(spec.Id);
                throw;
            }

            var hosted = new Hosted(spec, component);
            _components.Add(spec.Id, hosted);
            _events.Publish(new ComponentStarted(time.GetUtcNow(), spec.Id, component.ProcessId));
            ProviderMetrics.Started(providerId);
            LogStarted(logger, spec.Id, spec.Runtime, component.ProcessId);
            hosted.Removed = RemoveWhenEndedAsync(hosted);
        }
    }

    public async ValueTask UndeployAsync(ComponentId id, CancellationToken cancellationToken)
    {
        Hosted? hosted;
        Task stopping;
        lock (_lock)
        {
            if (!_components.TryGetValue(id, out hosted))
            {
                return;
            }

            stopping = hosted.Stopping ??= hosted.Component.StopAsync();
        }

        await stopping.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!hosted.Component.Ended.IsCompleted)
        {
            lock (_lock)
            {
                // A later call tries again instead of finding the attempt that failed.
                hosted.Stopping = null;
            }

            throw new IarnetException(
                $"Component '{id}' of provider '{providerId}' does not end, though everything was tried. Its resources stay reserved until it does; look at what holds it (process {hosted.Component.ProcessId}).");
        }

        await hosted.Removed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public ComponentUsage GetUsage(ComponentId id)
    {
        Hosted? hosted;
        lock (_lock)
        {
            _components.TryGetValue(id, out hosted);
        }

        return hosted?.Component.GetUsage() ?? throw new ComponentLostException($"Provider '{providerId}' runs no component '{id}'; it has ended or was never deployed here.");
    }

    public IAsyncEnumerable<ComponentEvent> Watch(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _events.Watch(new ComponentsListed(time.GetUtcNow(), [.. _components.Keys]), cancellationToken);
        }
    }

    public async ValueTask DisconnectAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<ComponentId> ids;
        lock (_lock)
        {
            _connected = false;
            ids = [.. _components.Keys];
        }

        var failures = new List<Exception>();
        foreach (var undeploy in ids.Select(id => UndeployAsync(id, cancellationToken).AsTask()).ToArray())
        {
            try
            {
                await undeploy.ConfigureAwait(false);
            }
            catch (IarnetException e)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new IarnetException($"Provider '{providerId}' could not end {failures.Count} of {ids.Length} components: {failures[0].Message}", new AggregateException(failures));
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await DisconnectAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (IarnetException e)
        {
            LogLeftBehind(logger, providerId, e);
        }

        _events.Close();
    }

    private async Task RemoveWhenEndedAsync(Hosted hosted)
    {
        var exit = await hosted.Component.Ended.ConfigureAwait(false);
        lock (_lock)
        {
            _components.Remove(hosted.Spec.Id);
            ledger.Release(hosted.Spec.Id);
            _events.Publish(new ComponentExited(time.GetUtcNow(), hosted.Spec.Id, exit));
        }

        ProviderMetrics.Ended(providerId, exit.Requested);
        LogEnded(logger, exit.Requested ? LogLevel.Debug : LogLevel.Warning, hosted.Spec.Id, exit);
    }

    private sealed class Hosted(ComponentSpec spec, IHostedComponent component)
    {
        public ComponentSpec Spec { get; } = spec;

        public IHostedComponent Component { get; } = component;

        public Task? Stopping { get; set; }

        public Task Removed { get; set; } = Task.CompletedTask;
    }
}
