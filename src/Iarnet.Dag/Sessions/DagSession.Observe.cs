using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    // Concurrent for the readers of statistics; the loop alone writes.
    private readonly ConcurrentDictionary<ActorState, ActorCount> _actors = new();
    private ImmutableArray<EventSubscription> _subscriptions = [];
    private ActorState? _lastActor;
    private ActorCount? _lastCount;
    private long _eventSequence;

    /// <summary>
    /// The changes of state of the session's calls from now on: the subscription starts with this call, not with the first read.
    /// Events that a slow reader's buffer (<see cref="SessionOptions.EventBuffer"/>) has no room for are dropped and reported as one
    /// event with <see cref="DagEvent.Missed"/>. Ends with the session. To be enumerated once.
    /// </summary>
    /// <param name="cancellationToken">Ends the subscription.</param>
    public IAsyncEnumerable<DagEvent> Events(CancellationToken cancellationToken = default)
    {
        var subscription = new EventSubscription(this, _options.EventBuffer);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Add(one), subscription);
        if (IsEnded)
        {
            subscription.End();
        }

        return subscription.ReadAsync(cancellationToken);
    }

    /// <summary>Reports about the session every <see cref="SessionOptions.ProgressInterval"/>, until no call is left; then a last one.</summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    public IAsyncEnumerable<DagProgress> Progress(CancellationToken cancellationToken = default) => Progress(untilIdle: true, cancellationToken);

    /// <summary>Reports about the session every <see cref="SessionOptions.ProgressInterval"/>, with a last one at the end.</summary>
    /// <param name="untilIdle">Whether the stream ends when no call is left; otherwise it ends with the session.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<DagProgress> Progress(bool untilIdle, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var end = untilIdle ? WhenIdleAsync(cancellationToken).AsTask() : _ended.Task;
        var before = GetStatistics();
        for (var ended = false; !ended;)
        {
            var tick = Task.Delay(_options.ProgressInterval, Engine.Time, cancellationToken);
            ended = await Task.WhenAny(end, tick).ConfigureAwait(false) == end;
            cancellationToken.ThrowIfCancellationRequested();
            var now = GetStatistics();
            var seconds = Math.Max((now.Elapsed - before.Elapsed).TotalSeconds, 1e-6);
            var bytes = now.EncodedBytes + now.ResultBytes - before.EncodedBytes - before.ResultBytes;
            yield return new DagProgress(now, (now.Ended - before.Ended) / seconds, bytes / seconds, ended);
            before = now;
        }
    }

    /// <summary>The counts of this moment. Takes no lock that the engine waits for.</summary>
    public DagStatistics GetStatistics() => new(
        Engine.Time.GetElapsedTime(_openedAt),
        Count(CallState.Pending),
        Count(CallState.Ready),
        Count(CallState.Running),
        Count(CallState.Done),
        Count(CallState.Failed),
        Count(CallState.Canceled),
        Interlocked.Read(ref _encodedBytes),
        ResultBytes,
        [.. _functions.Values.Select(function => function.Snapshot()).OrderBy(function => function.Function, StringComparer.Ordinal)],
        [.. _actors.Values.Select(actor => actor.Snapshot()).OrderBy(actor => actor.Actor, StringComparer.Ordinal)]);

    /// <summary>Loop only.</summary>
    internal ActorCount CountFor(ActorState actor)
    {
        if (!ReferenceEquals(_lastActor, actor))
        {
            _lastActor = actor;
            _lastCount = _actors.GetOrAdd(actor, static actor => new ActorCount(actor));
        }

        return _lastCount!;
    }

    /// <summary>Loop only. Costs one look when nobody watches.</summary>
    internal void StateChanged(ControlNode call, CallState state, Failure? failure = null)
    {
        var subscriptions = _subscriptions;
        if (subscriptions.IsEmpty)
        {
            return;
        }

        var change = new DagEvent(
            _eventSequence++, Engine.Time.GetUtcNow(), call.Id, call.Function.Name, state, call.Attempt, call.LastActorId, failure?.ToException(), 0);
        foreach (var subscription in subscriptions)
        {
            subscription.Publish(change);
        }
    }

    internal void Unsubscribe(EventSubscription subscription) =>
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Remove(one), subscription);

    private long Count(CallState state) => Math.Max(0, Volatile.Read(ref _states[(int)state]));

    private void EndObservers()
    {
        // A full fence after EndFailure was set: a subscription is either seen here, or sees that the session ended.
        foreach (var subscription in ImmutableInterlocked.InterlockedExchange(ref _subscriptions, []))
        {
            subscription.End();
        }
    }
}
