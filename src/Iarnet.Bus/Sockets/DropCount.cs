namespace Iarnet.Bus.Sockets;

/// <summary>Counts what a full queue turns away, and says when to tell: with the first, and once when it is over. Thread-safe.</summary>
internal sealed class DropCount
{
    private long _untold;
    private int _isDropping;

    /// <summary>True for the first of a row, which is told at once; the others are counted.</summary>
    public bool Add()
    {
        if (Interlocked.Exchange(ref _isDropping, 1) == 0)
        {
            return true;
        }

        Interlocked.Increment(ref _untold);
        return false;
    }

    /// <summary>The row is over: how many have not been told.</summary>
    public long End()
    {
        // One that was counted while another thread ended the row is told now: a count must not wait for a next row, which may never come.
        if (Volatile.Read(ref _isDropping) == 0 && Volatile.Read(ref _untold) == 0)
        {
            return 0;
        }

        Volatile.Write(ref _isDropping, 0);
        return Interlocked.Exchange(ref _untold, 0);
    }
}
