using Iarnet.Providers;
using Microsoft.Extensions.Logging;

namespace Iarnet.Scheduling;

public sealed partial class ReplicaSet
{
    private async Task KeepAliveAsync(Replica replica, CancellationToken stop)
    {
        for (var isFirst = true; !stop.IsCancellationRequested; isFirst = false)
        {
            var (reason, wasHealthy) = await LiveAsync(replica, isFirst, stop).ConfigureAwait(false);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            replica.Failures = wasHealthy ? 0 : replica.Failures + 1;
            if (replica.Failures >= _options.MaxConsecutiveFailures && !Array.Exists(_replicas, r => r.IsHealthy(_time, _options.HealthyAfter)))
            {
                await GiveUpAsync(replica, reason).ConfigureAwait(false);
                return;
            }

            // Even what had proved itself may die as soon as it is up: the shortest wait keeps that from becoming a storm of processes.
            var delay = Backoff.Delay(Math.Max(replica.Failures, 1), _options.RetryDelay, _options.MaxRetryDelay, _random);
            LogRetry(_logger, replica.Place, reason, delay);
            await Task.Delay(delay, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One component from its request to its end.</summary>
    private async Task<(string Reason, bool WasHealthy)> LiveAsync(Replica replica, bool isFirst, CancellationToken stop)
    {
        ComponentLease lease;
        try
        {
            lease = await _manager.DeployAsync(_request(replica.Place), stop).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return (e.Message, false);
        }

        await using (lease.ConfigureAwait(false))
        {
            replica.Begin(lease, _time.GetTimestamp());
            if (!isFirst)
            {
                SchedulingMetrics.Replaced();
            }

            Tell(o => o.ReplicaStarted(lease));
            await ((Task)lease.Ended).WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var wasHealthy = replica.IsHealthy(_time, _options.HealthyAfter);
            replica.End();
            if (stop.IsCancellationRequested)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }

            var exit = lease.Ended.IsCompletedSuccessfully
                ? await lease.Ended.ConfigureAwait(false)
                : ComponentExit.Vanished("it did not end in time when the set was ended");
            Tell(o => o.ReplicaEnded(lease.Id, exit));
            return (exit.ToString(), wasHealthy);
        }
    }

    private async Task GiveUpAsync(Replica replica, string reason)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 1)
        {
            return;
        }

        LogGaveUp(_logger, replica.Place, replica.Failures, reason);
        Tell(o => o.Failed(new PlacementException(
            $"No replica stays alive: {replica.Failures} in a row failed or died within {_options.HealthyAfter} of their start. The last one: {reason}")));
        await _stop.CancelAsync().ConfigureAwait(false);
    }

    private void Tell(Action<IReplicaObserver> what)
    {
        try
        {
            what(_observer);
        }
        catch (Exception e)
        {
            LogObserverFailed(_logger, e);
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "Replica {Place} is not alive: {Reason} Next attempt in {Delay}.")]
    private static partial void LogRetry(ILogger logger, int place, string reason, TimeSpan delay);

    [LoggerMessage(21, LogLevel.Error, "Replica {Place} failed {Failures} times in a row and no other is healthy: giving up. {Reason}")]
    private static partial void LogGaveUp(ILogger logger, int place, int failures, string reason);

    [LoggerMessage(22, LogLevel.Error, "The observer of a replica set failed; the event is passed over.")]
    private static partial void LogObserverFailed(ILogger logger, Exception exception);
}
