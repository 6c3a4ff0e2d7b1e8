using System.Threading.Tasks.Sources;

namespace Iarnet.Bus.Sockets;

/// <summary>A wait that is used again when its result has been taken.</summary>
internal abstract class ReceiveWaiter<T>(ReceiveQueue queue) : ReceiveWaiter, IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;

    public ValueTask<T> Task => new(this, _core.Version);

    protected ReceiveQueue Queue { get; } = queue;

    protected T? Result { get; set; }

    public void Begin(CancellationToken cancellationToken)
    {
        IsCancelled = false;
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var waiter = (ReceiveWaiter<T>)state!;
                    waiter.Queue.Cancel(waiter, token);
                },
                this);
        }
    }

    public override void Complete()
    {
        var result = Result!;
        Result = default;
        _core.SetResult(result);
    }

    public override void Fail(Exception reason) => _core.SetException(reason);

    public T GetResult(short token)
    {
        // Waits for a cancellation that is running: from here on nobody else knows this waiter.
        _cancellation.Dispose();
        _cancellation = default;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Recycle();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    protected abstract void Recycle();
}
