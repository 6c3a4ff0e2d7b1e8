using Iarnet.Bus.Io;

namespace Iarnet.Bus.Sockets;

internal sealed partial class ReceiveQueue
{
    private readonly Stack<MessageWaiter> _freeMessageWaiters = new();
    private readonly Stack<BatchWaiter> _freeBatchWaiters = new();
    private static int _spinning;

    private SpinGauge _gauge;
    private ReceiveWaiter? _first;
    private ReceiveWaiter? _last;

    public ValueTask<ReceivedMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryTakeMessage(out var message) || (Spin() && TryTakeMessage(out message)))
        {
            return new ValueTask<ReceivedMessage>(message);
        }

        MessageWaiter? waiter;
        lock (_lock)
        {
            _freeMessageWaiters.TryPop(out waiter);
        }

        return Wait(waiter ?? new MessageWaiter(this), cancellationToken);
    }

    public ValueTask<ReceivedBatch> ReceiveBatchAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryTakeBatch(out var batch) || (Spin() && TryTakeBatch(out batch)))
        {
            return new ValueTask<ReceivedBatch>(batch);
        }

        BatchWaiter? waiter;
        lock (_lock)
        {
            _freeBatchWaiters.TryPop(out waiter);
        }

        return Wait(waiter ?? new BatchWaiter(this), cancellationToken);
    }

    /// <summary>
    /// Waits a moment on this thread, if that has paid lately: the answer to a request that was just sent is here before another
    /// thread could be woken for it. One receiver of the process at a time, so that no more than one thread is busy with it.
    /// </summary>
    private bool Spin()
    {
        if (_spinning != 0 || Interlocked.Exchange(ref _spinning, 1) != 0)
        {
            return false;
        }

        var found = false;
        if (_gauge.IsWorthIt())
        {
            for (var spin = new ShortSpin(); !found && spin.Turn();)
            {
                found = Volatile.Read(ref _count) > 0;
            }

            _gauge.Note(found);
        }

        Volatile.Write(ref _spinning, 0);
        return found;
    }

    /// <summary>The caller gives up: it gets nothing, unless a message was handed to it in the same moment.</summary>
    internal void Cancel(ReceiveWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            waiter.IsCancelled = true;
            if (!waiter.IsListed)
            {
                return;
            }

            Remove(waiter);
        }

        waiter.Fail(new OperationCanceledException(cancellationToken));
    }

    internal void Recycle(MessageWaiter waiter)
    {
        lock (_lock)
        {
            _freeMessageWaiters.Push(waiter);
        }
    }

    internal void Recycle(BatchWaiter waiter)
    {
        lock (_lock)
        {
            _freeBatchWaiters.Push(waiter);
        }
    }

    private ValueTask<T> Wait<T>(ReceiveWaiter<T> waiter, CancellationToken cancellationToken)
    {
        // Before it is listed: a waiter that is may be complete, and somebody else's, at once.
        waiter.Begin(cancellationToken);
        Connections.ZmtpConnection? resumed = null;
        var task = waiter.Task;
        var complete = false;
        lock (_lock)
        {
            if (_closed)
            {
                waiter.Fail(new ObjectDisposedException(owner.GetType().Name));
            }
            else if (waiter.IsCancelled)
            {
                waiter.Fail(new OperationCanceledException(cancellationToken));
            }
            else if (_pieces.Count > 0)
            {
                resumed = waiter.Fill();
                complete = true;
            }
            else
            {
                Append(waiter);
            }
        }

        resumed?.Continue();
        if (complete)
        {
            waiter.Complete();
        }

        return task;
    }

    private void Append(ReceiveWaiter waiter)
    {
        waiter.IsListed = true;
        waiter.Previous = _last;
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
    }

    private void Remove(ReceiveWaiter waiter)
    {
        waiter.IsListed = false;
        if (waiter.Previous is null)
        {
            _first = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Previous = null;
        waiter.Next = null;
    }
}
