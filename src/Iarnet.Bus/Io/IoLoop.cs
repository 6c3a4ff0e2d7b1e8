using Iarnet.Bus.Memory;

namespace Iarnet.Bus.Io;

/// <summary>
/// Where everything of a connection happens, one thing after the other: what it receives, its handshake, its end. Any thread may
/// post; only the loop itself runs. An endless stack of connections shares few loops.
/// </summary>
internal abstract class IoLoop
{
    [ThreadStatic]
    private static IoLoop? _current;

    private readonly List<LoopWork> _deferred = [];
    private LoopWork? _posted;

    /// <summary>Where the loop receives into; touched by the loop alone.</summary>
    public SlabWriter Memory { get; } = new();

    /// <summary>Whether the caller runs on this loop.</summary>
    public bool IsCurrent => ReferenceEquals(_current, this);

    protected bool HasPosted => Volatile.Read(ref _posted) is not null;

    /// <summary>Runs the work soon, in the order of posting.</summary>
    public void Post(LoopWork work)
    {
        if (!work.TryQueue())
        {
            return;
        }

        var head = Volatile.Read(ref _posted);
        while (true)
        {
            work.Follower = head;
            var seen = Interlocked.CompareExchange(ref _posted, work, head);
            if (ReferenceEquals(seen, head))
            {
                break;
            }

            head = seen;
        }

        Wake();
    }

    /// <summary>Runs the work when the present one is done: what several calls of one handler send leaves in one piece. On the loop only.</summary>
    public void Defer(LoopWork work)
    {
        if (work.TryQueue())
        {
            _deferred.Add(work);
        }
    }

    /// <summary>Called after something was posted, by any thread.</summary>
    protected abstract void Wake();

    protected void Enter() => _current = this;

    protected static void Leave() => _current = null;

    /// <summary>Runs what has been posted; false when there was nothing.</summary>
    protected bool RunPosted()
    {
        var newest = Interlocked.Exchange(ref _posted, null);
        if (newest is null)
        {
            return false;
        }

        LoopWork? oldest = null;
        while (newest is not null)
        {
            var next = newest.Follower;
            newest.Follower = oldest;
            oldest = newest;
            newest = next;
        }

        while (oldest is not null)
        {
            var next = oldest.Follower;
            oldest.Follower = null;
            Run(oldest);
            oldest = next;
        }

        return true;
    }

    protected void Run(LoopWork work)
    {
        try
        {
            work.RunOnce();
        }
        catch (Exception e)
        {
            Faults.Report(e);
        }

        RunDeferred();
    }

    protected void RunDeferred()
    {
        for (var i = 0; i < _deferred.Count; i++)
        {
            try
            {
                _deferred[i].RunOnce();
            }
            catch (Exception e)
            {
                Faults.Report(e);
            }
        }

        _deferred.Clear();
    }
}
