using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

// What a message or a request needs while it waits is used again, so that a steady flow allocates nothing.
internal sealed partial class MessageFlow
{
    private const int SpareWaiters = 1024;

    /// <summary>What may be spare for long, however long the queue once was.</summary>
    private const int SpareMessages = 1024;

    private readonly Stack<FlowWaiter> _spareWaiters = new();
    private WaitingMessage? _spare;
    private int _spareCount;
    private int _most;

    public void Return(FlowWaiter waiter)
    {
        lock (_lock)
        {
            if (_spareWaiters.Count < SpareWaiters)
            {
                _spareWaiters.Push(waiter);
            }
        }
    }

    private FlowWaiter RentWaiter()
    {
        var waiter = _spareWaiters.TryPop(out var spare) ? spare : new FlowWaiter(this);
        waiter.IsPending = true;
        waiter.Correlation = 0;
        return waiter;
    }

    private WaitingMessage RentMessage(in EnvelopeMessage message, in BusSendOptions options, FlowWaiter? waiter)
    {
        var waiting = _spare;
        if (waiting is null)
        {
            waiting = new WaitingMessage();
        }
        else
        {
            _spare = waiting.Next;
            _spareCount--;
            waiting.Next = null;
        }

        waiting.Message = message;
        waiting.Tag = options.Tag;
        waiting.TimeToLive = options.TimeToLive ?? TimeSpan.Zero;
        waiting.Waiter = waiter;
        if (waiter is not null)
        {
            waiter.Message = waiting;
        }

        _most = Math.Max(_most, _waiting.Count + _outside.Count + 1);
        return waiting;
    }

    private void Return(WaitingMessage message)
    {
        (message.Message, message.Tag, message.Waiter) = (default, null, null);
        message.Next = _spare;
        _spare = message;
        _spareCount++;
        if (_waiting.Count + _outside.Count > 0)
        {
            return;
        }

        // The queue is empty. Spare ones that its last filling did not need go, so that one long queue is not paid for ever after.
        while (_spareCount > Math.Max(SpareMessages, _most))
        {
            _spare = _spare!.Next;
            _spareCount--;
        }

        _most = 0;
    }
}
