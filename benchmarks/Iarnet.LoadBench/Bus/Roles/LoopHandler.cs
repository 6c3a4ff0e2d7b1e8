using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A handler that is called on the I/O loop, with an end to wait for: what it throws is the role's failure.</summary>
internal abstract class LoopHandler(RoleTask task)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _done.Task;

    protected RoleTask Assignment => task;

    protected Meter Meter { get; } = new(task);

    public void Write() => Meter.Write();

    protected static void Sent(bool room)
    {
        if (!room)
        {
            throw new InvalidOperationException("no room for a message, with fewer outstanding than there is room for");
        }
    }

    protected static void Sent(ValueTask sending)
    {
        if (!sending.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("a batch waits for room, with fewer messages outstanding than there is room for");
        }
    }

    protected void Guard<T>(Action<T, ReceivedBatch> handle, T socket, ReceivedBatch batch)
    {
        if (_done.Task.IsCompleted)
        {
            return;
        }

        try
        {
            handle(socket, batch);
            if (Meter.IsDone)
            {
                Meter.Stop();
                _done.TrySetResult();
            }
        }
        catch (Exception error)
        {
            _done.TrySetException(error);
        }
    }
}
