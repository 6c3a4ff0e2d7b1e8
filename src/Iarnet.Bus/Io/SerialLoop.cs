namespace Iarnet.Bus.Io;

/// <summary>A loop without a thread of its own: runs on the thread pool while there is something to run. For every platform.</summary>
internal sealed class SerialLoop : IoLoop, IThreadPoolWorkItem
{
    private int _scheduled;

    void IThreadPoolWorkItem.Execute()
    {
        Enter();
        try
        {
            RunPosted();
        }
        finally
        {
            Leave();
        }

        Volatile.Write(ref _scheduled, 0);
        Interlocked.MemoryBarrier();
        if (HasPosted)
        {
            Wake();
        }
    }

    protected override void Wake()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
