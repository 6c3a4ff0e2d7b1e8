namespace Iarnet.Bus.Io;

/// <summary>Something that a loop runs. Posted again before it ran it still runs once: it looks at what is to do when it runs.</summary>
internal abstract class LoopWork
{
    internal LoopWork? Follower;
    private int _queued;

    /// <summary>Runs on the loop. Must not block; an exception ends nothing but this run.</summary>
    public abstract void Run();

    internal bool TryQueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    internal void RunOnce()
    {
        // Before it runs: what is posted from now on may have come too late for this run.
        Volatile.Write(ref _queued, 0);
        Interlocked.MemoryBarrier();
        Run();
    }
}
