using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Iarnet.Bus.Components;

/// <summary>
/// Someone who waits: a requester for its reply, or a sender for its message to be let in. Used again and again, so that a
/// request costs no task, no timer and no cancellation source of its own. Continuations run on the thread pool, never on the
/// I/O path and never under the lock of the flow.
/// </summary>
internal sealed class FlowWaiter(MessageFlow flow) : Deadline, IValueTaskSource, IValueTaskSource<ReadOnlyMemory<byte>>
{
    private ManualResetValueTaskSourceCore<ReadOnlyMemory<byte>> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private bool _registered;

    public short Version => _core.Version;

    /// <summary>Nobody has ended it yet: changed under the lock of the flow, by the one that ends it.</summary>
    public bool IsPending { get; set; }

    /// <summary>Of a request; 0 for a sender.</summary>
    public ulong Correlation { get; set; }

    public BusPriority Priority { get; set; }

    /// <summary>The message, for as long as it has not left.</summary>
    public WaitingMessage? Message { get; set; }

    public long Started { get; set; }

    /// <summary>The time it was given.</summary>
    public TimeSpan Limit { get; set; }

    public Activity? Activity { get; set; }

    /// <summary>Called once, before the caller can see the task: nothing can end the use of this object meanwhile.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registered = true;
            _registration = cancellationToken.UnsafeRegister(static (state, token) => ((FlowWaiter)state!).Cancel(token), this);
        }
    }

    public void Succeed(ReadOnlyMemory<byte> result) => _core.SetResult(result);

    public void Fail(Exception error) => _core.SetException(error);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public ReadOnlyMemory<byte> GetResult(short token)
    {
        // Misuse throws here, before anything is given back.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The result of a ValueTask was asked for before it ended: await it.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Recycle();
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    private void Recycle()
    {
        // A cancellation that runs at this moment still holds this object: then it is left to the collector.
        var reusable = !_registered || _registration.Unregister();
        _registered = false;
        _registration = default;
        Activity = null;
        if (reusable)
        {
            _core.Reset();
            flow.Return(this);
        }
    }

    private void Cancel(CancellationToken cancellationToken) => flow.Cancel(this, cancellationToken);
}
