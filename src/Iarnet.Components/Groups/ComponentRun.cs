using System.Collections.Concurrent;
using System.Globalization;
using Iarnet.Actors;
using Iarnet.Bus;
using Iarnet.Components.Actors;
using Microsoft.Extensions.Logging;

namespace Iarnet.Components.Groups;

/// <summary>Starts components of a group, one run each, and sees each through to its end.</summary>
internal sealed partial class ComponentRun
{
    private readonly ConcurrentDictionary<ComponentId, ConnectedComponent> _connected = new();
    private readonly ComponentBus _bus;
    private readonly IComponentLauncher _launcher;
    private readonly ActorEnvironment _environment;
    private readonly ComponentActorHostOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public ComponentRun(ComponentBus bus, IComponentLauncher launcher, ActorEnvironment environment, TimeProvider time)
    {
        _bus = bus;
        _launcher = launcher;
        _environment = environment;
        _options = environment.Options;
        _time = time;
        _log = environment.Log;
    }

    /// <summary>The components that are ready now.</summary>
    public IReadOnlyCollection<ConnectedComponent> Connected => [.. _connected.Values];

    /// <summary>Runs one component until it ends or <paramref name="stop"/> is cancelled. Never throws.</summary>
    public async Task<ComponentEnd> RunAsync(ActorGroupSpec spec, IActorGroupObserver observer, Action onReady, CancellationToken stop)
    {
        var id = ComponentId.New(spec.Name);
        var life = new ComponentLife(spec, observer, _environment);
        ILaunchedComponent? launched = null;
        Exception? reason = null;
        try
        {
            // Before it is launched: it may connect at once.
            _bus.Register(id, life);
            var began = _time.GetTimestamp();
            launched = await _launcher.LaunchAsync(Describe(id, spec), stop).ConfigureAwait(false);
            reason = await WaitReadyAsync(id, life, launched, stop).ConfigureAwait(false);
            if (reason is null)
            {
                var ready = await life.WhenReady.ConfigureAwait(false);
                var after = _time.GetElapsedTime(began);
                _environment.Metrics.Started(after, spec.Name);
                BecameReady(id.Value, spec.Name, ready.ProcessId, after.TotalMilliseconds);
                _connected[id] = new ConnectedComponent(id, spec.Name, spec.Language, (int)ready.ProcessId);
                onReady();
                reason = await WaitEndAsync(id, life, launched, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop: the rest is tidying up.
        }
        catch (Exception e)
        {
            reason = e;
        }

        _connected.TryRemove(id, out _);
        var wasReady = life.WhenReady.IsCompleted;
        if (reason is not null && !stop.IsCancellationRequested)
        {
            _environment.Metrics.Lost(spec.Name);
            WasLost(id.Value, spec.Name, reason.Message);
        }

        await EndAsync(id, life, launched, reason).ConfigureAwait(false);
        return new ComponentEnd(stop.IsCancellationRequested ? null : reason, wasReady);
    }

    private async Task<Exception?> WaitReadyAsync(ComponentId id, ComponentLife life, ILaunchedComponent launched, CancellationToken stop)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var limit = Task.Delay(_options.StartLimit, _time, wait.Token);
        var first = await Task.WhenAny(life.WhenReady, life.WhenGone, launched.Ended, limit).ConfigureAwait(false);
        await wait.CancelAsync().ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return first == life.WhenReady ? null
            : first == limit ? new ComponentLostException($"Component '{id}' did not reach the bus within {_options.StartLimit.TotalSeconds:0.#} s of its start. Look at its log.")
            : first == launched.Ended ? new ComponentLostException($"Component '{id}' ended before it was ready: {await launched.Ended.ConfigureAwait(false)}.")
            : new ComponentLostException($"Component '{id}' left the bus before it was ready: {await life.WhenGone.ConfigureAwait(false)}.");
    }

    private static async Task<Exception> WaitEndAsync(ComponentId id, ComponentLife life, ILaunchedComponent launched, CancellationToken stop)
    {
        var broken = life.Actor!.Broken;
        await Task.WhenAny(life.WhenGone, launched.Ended, broken).WaitAsync(stop).ConfigureAwait(false);
        return new ComponentLostException(
            launched.Ended.IsCompleted ? $"Component '{id}' ended: {await launched.Ended.ConfigureAwait(false)}."
            : life.WhenGone.IsCompleted ? $"Component '{id}' was lost: {await life.WhenGone.ConfigureAwait(false)}."
            : $"Component '{id}' broke the actor protocol.");
    }

    private ComponentLaunch Describe(ComponentId id, ActorGroupSpec spec)
    {
        var variables = new Dictionary<string, string>(_options.Environment, StringComparer.Ordinal)
        {
            [ComponentVariables.ComponentId] = id.Value,
            [ComponentVariables.Bus] = _options.BusEndpoint ?? _bus.Endpoints[0],
            [ComponentVariables.Store] = _options.StoreAddress,
            [ComponentVariables.Concurrency] = spec.Concurrency.ToString(CultureInfo.InvariantCulture),
        };
        variables.TryAdd(ComponentVariables.NodeId, _environment.Store.Source);
        return new ComponentLaunch(id, spec.Language, spec.Resources, variables);
    }

    private async Task EndAsync(ComponentId id, ComponentLife life, ILaunchedComponent? launched, Exception? reason)
    {
        var actor = life.Close();
        if (actor is not null)
        {
            if (reason is null)
            {
                await actor.DrainAsync(_time).ConfigureAwait(false);
            }

            // First of all: the engine can run the calls again elsewhere while this one is tidied away.
            await actor.LoseAsync(reason ?? new ComponentLostException($"Component '{id}' was stopped with its group.")).ConfigureAwait(false);
        }

        await TidyAsync(id, "leaving the bus", () => _bus.UnregisterAsync(id, reason is null ? "The group is closed." : "The component is replaced.")).ConfigureAwait(false);
        if (launched is not null)
        {
            await TidyAsync(id, "stopping it", launched.DisposeAsync).ConfigureAwait(false);
        }

        // Last: now nothing of it can write into what is given back.
        _environment.Store.ReleaseOwner(id.Value);
    }

    private async Task TidyAsync(ComponentId id, string what, Func<ValueTask> action)
    {
        try
        {
            await action().AsTask().WaitAsync(_options.StopLimit, _time).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            TidyingFailed(e, id.Value, what);
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Component {Component} of group {Group} is ready: process {Process}, after {Milliseconds:0} ms.")]
    private partial void BecameReady(string component, string group, int process, double milliseconds);

    [LoggerMessage(21, LogLevel.Warning, "Component {Component} of group {Group} is lost: {Reason}")]
    private partial void WasLost(string component, string group, string reason);

    [LoggerMessage(22, LogLevel.Warning, "Component {Component}: {What} failed.")]
    private partial void TidyingFailed(Exception error, string component, string what);
}
