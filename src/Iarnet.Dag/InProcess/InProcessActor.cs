using System.Collections.Concurrent;
using Iarnet.Actors;

namespace Iarnet.Dag;

/// <summary>
/// Runs calls on the thread pool. A pump takes one call after the other from the queue and reports each result before it takes the
/// next: a call may block for as long as it likes, even for the result of another one, and holds up nobody. A call that awaits parks
/// its pump. There are at most as many pumps as calls may run at the same time.
/// </summary>
internal sealed partial class InProcessActor : IActor, IThreadPoolWorkItem
{
    // How long the calls that wait in the queue should last at the pace of the moment: some rounds of the loop.
    private static readonly TimeSpan QueuedWork = TimeSpan.FromMicroseconds(500);

    private const int MaxQueued = 2048;

    // Set while this thread works off a round of the engine's loop between two calls of a pump of this actor.
    [ThreadStatic]
    private static InProcessActor? _helping;

    private readonly ConcurrentQueue<ControlNode> _queue = new();
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
        // A pump that helps the loop comes back for one call by itself.
        var comesBack = ReferenceEquals(_helping, this) && calls.Length == 1 && _queue.IsEmpty;
        foreach (var call in calls)
        {
            if (call is ControlNode node)
            {
                _queue.Enqueue(node);
            }
            else
            {
                _observer.CallsEnded(this, [ActorOutcome.Failed(call, new FunctionNotSupportedException("In-process actors run only calls of the engine in this process."))]);
            }
        }

        if (!comesBack)
        {
            StartPump();
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = PumpAsync();

    /// <summary>Starts one more pump if there may be one; it starts the next itself when it leaves calls behind.</summary>
    private void StartPump()
    {
        if (TryAddPump())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private bool TryAddPump()
    {
        var pumps = Volatile.Read(ref _pumps);
        while (pumps < _maxPumps)
        {
            var seen = Interlocked.CompareExchange(ref _pumps, pumps + 1, pumps);
            if (seen == pumps)
            {
                return true;
            }

            pumps = seen;
        }

        return false;
    }

    // Several pumps may write at the same time: a lost sample does no harm to an average.
    private void Measure(TimeSpan computed)
    {
        _compute.Add(computed);
        _window = _maxPumps + (int)Math.Min(MaxQueued, QueuedWork.Ticks / Math.Max(1, _compute.Value.Ticks));
    }
}
