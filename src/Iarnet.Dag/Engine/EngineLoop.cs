using Microsoft.Extensions.Logging;

namespace Iarnet.Dag;

/// <summary>
/// The one writer of everything that the engine knows about nodes, groups and sessions. Producers push onto a lock-free stack;
/// whoever owns the loop takes the whole stack, turns it around and works it off in rounds. No thread belongs to it:
/// it runs as a work item of the thread pool, or on the thread of an in-process actor that just reported, which saves
/// a thread switch for each dependent hop.
/// </summary>
internal sealed partial class EngineLoop(ILogger logger, TimeProvider time) : IThreadPoolWorkItem
{
    // A round ends with the hand-over to actors: long enough to make batches, short enough that actors start early.
    private const int ItemsPerRound = 1024;

    // After so many rounds the loop goes to the end of the thread pool's queue, to let others have the thread.
    private const int RoundsPerTurn = 16;

    private readonly List<GroupState> _dirty = [];
    private readonly Stack<DataRef> _spreading = [];
    private ILoopItem? _incoming;
    private ILoopItem? _backlog;
    private int _owned;
    private bool _isSpreading;

    public ILogger Logger => logger;

    public TimeProvider Time => time;

    public DeadlineQueue Deadlines => field ??= new DeadlineQueue(this);

    public void Enqueue(ILoopItem item)
    {
        Push(item);
        if (TryOwn())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Enqueue(Action<EngineLoop> action) => Enqueue(new LoopAction(action));

    /// <summary>As <see cref="Enqueue(ILoopItem)"/>, but when nobody owns the loop, one round runs on this thread before the method returns.</summary>
    public void EnqueueAndHelp(ILoopItem item)
    {
        Push(item);
        if (TryOwn())
        {
            RunRound();
            ReleaseOrSchedule();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (var round = 0; round < RoundsPerTurn; round++)
        {
            RunRound();
            if (_backlog is null && Volatile.Read(ref _incoming) is null)
            {
                break;
            }
        }

        ReleaseOrSchedule();
    }

    /// <summary>The group is looked at when the round ends.</summary>
    public void MarkDirty(GroupState group)
    {
        if (!group.IsDirty)
        {
            group.IsDirty = true;
            _dirty.Add(group);
        }
    }

    /// <summary>
    /// Tells the followers of an ended data node. What ends because of it is told in turn from a stack on the heap:
    /// a failure runs down a chain of any length without recursion.
    /// </summary>
    public void Spread(DataRef ended)
    {
        _spreading.Push(ended);
        if (_isSpreading)
        {
            return;
        }

        _isSpreading = true;
        while (_spreading.TryPop(out var node))
        {
            node.TellFollowers(this);
        }

        _isSpreading = false;
    }

    private void Push(ILoopItem item)
    {
        var head = Volatile.Read(ref _incoming);
        while (true)
        {
            item.Next = head;
            var seen = Interlocked.CompareExchange(ref _incoming, item, head);
            if (ReferenceEquals(seen, head))
            {
                return;
            }

            head = seen;
        }
    }

    private bool TryOwn() => Volatile.Read(ref _owned) == 0 && Interlocked.Exchange(ref _owned, 1) == 0;

    private void ReleaseOrSchedule()
    {
        if (_backlog is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        // A full fence: an item pushed before it is seen by the read below, one pushed after it sees the loop free.
        Interlocked.Exchange(ref _owned, 0);
        if (Volatile.Read(ref _incoming) is not null && TryOwn())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void RunRound()
    {
        _backlog ??= Reverse(Interlocked.Exchange(ref _incoming, null));
        for (var i = 0; i < ItemsPerRound && _backlog is { } item; i++)
        {
            // Before it runs: running may queue the item again.
            _backlog = item.Next;
            item.Next = null;
            RunGuarded(item);
        }

        for (var i = 0; i < _dirty.Count; i++)
        {
            DispatchGuarded(_dirty[i]);
        }

        _dirty.Clear();
    }

    private void DispatchGuarded(GroupState group)
    {
        group.IsDirty = false;
        try
        {
            group.Dispatch(this);
        }
        catch (Exception exception)
        {
            LogItemFailed(logger, exception, group.Spec.Name);
        }
    }

    private void RunGuarded(ILoopItem item)
    {
        try
        {
            item.Run(this);
        }
        catch (Exception exception)
        {
            // The loop outlives a fault of its own: one item is lost instead of every session.
            _isSpreading = false;
            LogItemFailed(logger, exception, item.GetType().Name);
        }
    }

    private static ILoopItem? Reverse(ILoopItem? newest)
    {
        ILoopItem? reversed = null;
        while (newest is not null)
        {
            var next = newest.Next;
            newest.Next = reversed;
            reversed = newest;
            newest = next;
        }

        return reversed;
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "The engine loop could not process an item of kind {Item}.")]
    private static partial void LogItemFailed(ILogger logger, Exception exception, string item);
}
