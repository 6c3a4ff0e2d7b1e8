using Iarnet.Actors;

namespace Iarnet.Dag;

/// <summary>
/// Runs calls on the thread pool. A pump takes calls from the queue, runs them, and reports in batches; a call that
/// awaits parks its pump. There are at most as many pumps as calls may run at the same time.
/// </summary>
internal sealed partial class InProcessActor : IActor, IThreadPoolWorkItem
{
    // How long the calls that wait in the queue should last at the pace of the moment: some loop rounds.
    private static readonly TimeSpan QueuedWork = TimeSpan.FromMicroseconds(500);

    private const int MaxQueued = 2048;

    // Set while this thread works off a round of the engine's loop between two calls of a pump of this actor.
    [ThreadStatic]
    private static InProcessActor? t_helping;

    private readonly Lock _lock = new();
    private readonly Deque<ControlNode> _queue = new();
    private readonly IActorGroupObserver _observer;
    private readonly TimeProvider _time;
    private readonly int _maxPumps;
    private MovingAverage _compute;
    private volatile int _window;
    private int _pumps;

    public InProcessActor(ActorGroupSpec spec, IActorGroupObserver observer, TimeProvider time)
    {
        Id = $"in-process/{spec.Name}";
        _observer = observer;
        _time = time;
        _maxPumps = (int)Math.Min(int.MaxValue / 2, (long)spec.MaxReplicas * spec.Concurrency);
        _window = _maxPumps;
    }

    public string Id { get; }

    public int Window => _window;

    public TimeSpan LinkLatency => TimeSpan.Zero;

    public TimeSpan ComputeLatency => _compute.Value;

    public void Post(ReadOnlySpan<ActorCall> calls)
    {
        bool start;
        lock (_lock)
        {
            foreach (var call in calls)
            {
                if (call is ControlNode node)
                {
                    _queue.AddLast(node);
                }
                else
                {
                    _observer.CallsEnded(this, [ActorOutcome.Failed(call, new FunctionNotSupportedException("In-process actors run only calls of the engine in this process."))]);
                }
            }

            // A pump that helps the loop comes back for one of them by itself.
            var coming = ReferenceEquals(t_helping, this) ? 1 : 0;
            start = _queue.Count > coming && _pumps < _maxPumps;
            if (start)
            {
                _pumps++;
            }
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = new Pump(this).RunAsync();

    private int Take(Span<ControlNode?> into, long elapsedTicks, int ran)
    {
        int taken;
        bool start;
        lock (_lock)
        {
            if (ran > 0)
            {
                Measure(elapsedTicks, ran);
            }

            // One for me, or my share when calls are short: others may take the rest meanwhile.
            var share = _window > _maxPumps * 8 ? _queue.Count / (2 * _maxPumps) : 1;
            taken = Math.Min(Math.Min(Math.Max(share, 1), into.Length), _queue.Count);
            for (var i = 0; i < taken; i++)
            {
                into[i] = _queue.RemoveFirst();
            }

            if (taken == 0)
            {
                _pumps--;
            }

            start = taken > 0 && _queue.Count > 0 && _pumps < _maxPumps;
            if (start)
            {
                _pumps++;
            }
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return taken;
    }

    private void GiveBack(ReadOnlySpan<ControlNode?> calls)
    {
        bool start;
        lock (_lock)
        {
            for (var i = calls.Length - 1; i >= 0; i--)
            {
                _queue.AddFirst(calls[i]!);
            }

            start = _queue.Count > 0 && _pumps < _maxPumps;
            if (start)
            {
                _pumps++;
            }
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Measure(long ticks, int calls)
    {
        _compute.Add(new TimeSpan(ticks / calls));
        var each = Math.Max(1, _compute.Value.Ticks);
        _window = _maxPumps + (int)Math.Min(MaxQueued, QueuedWork.Ticks / each);
    }
}
