using Iarnet.Actors;

namespace Iarnet.Components.Groups;

/// <summary>Keeps the replicas of a group alive, each in a loop of its own.</summary>
internal sealed class ComponentGroup : IActorGroup
{
    private readonly ComponentRun _run;
    private readonly IActorGroupObserver _observer;
    private readonly ComponentActorHostOptions _options;
    private readonly TimeProvider _time;
    private readonly SeededRandom _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task[] _replicas;
    private int _alive;
    private int _failures;
    private bool _failed;
    private Task? _disposing;

    public ComponentGroup(ActorGroupSpec spec, IActorGroupObserver observer, ComponentRun run, ComponentActorHostOptions options, TimeProvider time, SeededRandom random)
    {
        Spec = spec;
        _observer = observer;
        _run = run;
        _options = options;
        _time = time;
        _random = random;
        _replicas = new Task[Math.Max(1, spec.MinReplicas)];
        for (var i = 0; i < _replicas.Length; i++)
        {
            _replicas[i] = Task.Run(KeepAsync);
        }
    }

    /// <inheritdoc/>
    public ActorGroupSpec Spec { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposing ??= StopAsync();
            return new ValueTask(_disposing);
        }
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_replicas).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task KeepAsync()
    {
        var backoff = new Backoff(_options.ReplaceDelay, _options.ReplaceDelayLimit, _random);
        var stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            var end = await _run.RunAsync(Spec, _observer, Lived, stop).ConfigureAwait(false);
            if (end.WasReady)
            {
                backoff.Reset();
            }

            if (Ended(end) || stop.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(backoff.Next(), _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Lived()
    {
        lock (_lock)
        {
            _alive++;
            _failures = 0;
        }
    }

    /// <returns>Whether the group is given up.</returns>
    private bool Ended(in ComponentEnd end)
    {
        lock (_lock)
        {
            if (end.WasReady)
            {
                _alive--;
            }

            if (end.Reason is null || _failed)
            {
                return _failed;
            }

            _failures += end.WasReady ? 0 : 1;
            _failed = _alive == 0 && _failures >= _options.FailuresToGiveUp;
            if (!_failed)
            {
                return false;
            }
        }

        _observer.GroupFailed(end.Reason is PlacementException
            ? end.Reason
            : new ComponentLostException($"Group '{Spec.Name}' is given up: {_options.FailuresToGiveUp} components in a row ended before they were ready. The last one: {end.Reason.Message}", end.Reason));
        // The other replicas fail in the same way; without this each would go on trying for ever.
        _stop.Cancel();
        return true;
    }
}
