namespace Iarnet.Components.Worker;

/// <summary>
/// Runs calls on threads of their own, at most so many at the same time: a function that blocks holds up the calls behind it,
/// never the bus. A thread is started when a call finds none idle.
/// </summary>
internal sealed class CallExecutor
{
    private readonly Lane[] _lanes;
    private readonly Action<FunctionCall> _run;
    private readonly Action<bool> _ended;
    private readonly Queue<FunctionCall> _queue = new();
    // A plain object: threads wait on it.
    private readonly object _gate = new();
    private int _started;
    private int _waiting;
    private int _running;
    private bool _closed;

    /// <param name="concurrency">How many calls run at the same time.</param>
    /// <param name="run">Runs a call; does not throw.</param>
    /// <param name="ended">Called after each call by the thread that ran it, with whether other calls wait to be run.</param>
    public CallExecutor(int concurrency, Action<FunctionCall> run, Action<bool> ended)
    {
        _lanes = new Lane[concurrency];
        _run = run;
        _ended = ended;
    }

    /// <returns>False after <see cref="Close"/>.</returns>
    public bool Enqueue(FunctionCall call)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _queue.Enqueue(call);
            if (_waiting > 0)
            {
                _waiting--;
                Monitor.Pulse(_gate);
            }
            else if (_started < _lanes.Length)
            {
                StartLane();
            }

            return true;
        }
    }

    /// <summary>Tells the calls of these ids, waiting or running, that nobody waits for them.</summary>
    public void Cancel(HashSet<ulong> ids)
    {
        lock (_gate)
        {
            // Cancelling is rare: looking at every call then costs less than an index that every call pays for.
            foreach (var call in _queue)
            {
                CancelIf(call, ids);
            }

            for (var i = 0; i < _started; i++)
            {
                CancelIf(_lanes[i].Current, ids);
            }
        }
    }

    /// <summary>Drops the calls that wait and takes no more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _queue.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>After <see cref="Close"/>: returns when the calls that ran then have ended.</summary>
    public void WaitIdle()
    {
        lock (_gate)
        {
            while (_running > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private static void CancelIf(FunctionCall? call, HashSet<ulong> ids)
    {
        if (call is not null && ids.Contains(call.Id))
        {
            call.Cancel();
        }
    }

    private void StartLane()
    {
        var lane = new Lane();
        _lanes[_started] = lane;
        _started++;
        var thread = new Thread(() => Work(lane)) { IsBackground = true, Name = $"call-{_started}" };
        thread.Start();
    }

    private void Work(Lane lane)
    {
        while (Take(lane) is { } call)
        {
            _run(call);
            _ended(Leave(lane));
        }
    }

    private FunctionCall? Take(Lane lane)
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_closed)
            {
                _waiting++;
                Monitor.Wait(_gate);
            }

            if (_closed)
            {
                return null;
            }

            lane.Current = _queue.Dequeue();
            _running++;
            return lane.Current;
        }
    }

    /// <returns>Whether other calls wait.</returns>
    private bool Leave(Lane lane)
    {
        lock (_gate)
        {
            lane.Current = null;
            _running--;
            if (_closed)
            {
                Monitor.PulseAll(_gate);
            }

            return _queue.Count > 0;
        }
    }

    private sealed class Lane
    {
        public FunctionCall? Current;
    }
}
