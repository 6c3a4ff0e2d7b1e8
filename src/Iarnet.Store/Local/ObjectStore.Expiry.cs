using Iarnet.Store.Index;

namespace Iarnet.Store;

public sealed unsafe partial class ObjectStore
{
    // What is due first; entries of objects that went otherwise stay until they are due, and mean nothing then.
    private readonly PriorityQueue<(int Record, uint Generation), DateTimeOffset> _due = new();
    private readonly ITimer _expiry;

    // Under the lock.
    private void ExpireAt(int number, DateTimeOffset at)
    {
        ExtrasOf(number).ExpiresAt = at;
        Enqueue(number, at);
    }

    // The generation of an object changes when it leaves memory.
    private void Requeue(int number)
    {
        if (_extras.TryGetValue(number, out var extras) && extras.ExpiresAt is { } at)
        {
            Enqueue(number, at);
        }
    }

    private void Enqueue(int number, DateTimeOffset at)
    {
        var isFirst = !_due.TryPeek(out _, out var first) || at < first;
        _due.Enqueue((number, RecordState.Generation(_reader.At(number)->State)), at);
        if (isFirst)
        {
            Schedule(at);
        }
    }

    private void Expire()
    {
        var freed = new List<Freed>();
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            while (_due.TryPeek(out var due, out var at))
            {
                if (at > now)
                {
                    Schedule(at);
                    break;
                }

                _due.Dequeue();
                var state = _reader.At(due.Record)->State;
                if (RecordState.IsThere(RecordState.Phase(state)) && RecordState.Generation(state) == due.Generation
                    && _extras.TryGetValue(due.Record, out var extras) && extras.ExpiresAt == at)
                {
                    Delete(due.Record, out var one);
                    freed.Add(one);
                }
            }
        }

        foreach (var one in freed)
        {
            GiveBack(one);
        }
    }

    private void Schedule(DateTimeOffset at)
    {
        var delay = at - _time.GetUtcNow();
        _expiry.Change(delay > TimeSpan.Zero ? delay < LongestDelay ? delay : LongestDelay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    // Timers take no more than 49 days.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(40);
}
