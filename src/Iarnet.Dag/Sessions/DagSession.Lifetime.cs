using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timeout;
    private volatile IarnetException? _closedBy;

    /// <summary>Waits until every call that was made so far has ended, well or badly.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the calls.</param>
    public async ValueTask WhenIdleAsync(CancellationToken cancellationToken = default)
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Engine.Loop.Enqueue(_ =>
        {
            if (_live == 0)
            {
                idle.TrySetResult();
            }
            else
            {
                _whenIdle.Add(idle);
            }
        });
        await idle.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Cancels every call that has not ended: those who wait get <see cref="CallCanceledException"/> at once, actors are told.
    /// No more calls can be made. Results that are there can still be read until the session is disposed.
    /// </summary>
    public async ValueTask CancelAsync()
    {
        Close(new CallCanceledException($"Session '{Name}' was cancelled."));
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>
    /// Cancels what has not ended, waits up to <see cref="SessionOptions.CloseTimeout"/> for calls that still run, and releases
    /// every object that the session holds in a store. What an actor reports later is released when it arrives.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Close(new CallCanceledException($"Session '{Name}' was closed before the call had its result."));
        await _ended.Task.ConfigureAwait(false);
        try
        {
            await _quiet.Task.WaitAsync(_options.CloseTimeout, Engine.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Engine.LogCallsLeft(Name, _options.CloseTimeout);
        }

        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Engine.Loop.Enqueue(loop =>
        {
            while (_firstHeld is { } held)
            {
                held.Release();
            }

            Engine.Forget(this);
            released.TrySetResult();
        });
        await released.Task.ConfigureAwait(false);
    }

    private void StartTimeout()
    {
        if (_options.Timeout is { } limit)
        {
            _timeout = Engine.Time.CreateTimer(
                _ => Close(new CallTimeoutException($"Session '{Name}' had not ended within its timeout of {limit}. Raise SessionOptions.Timeout.")),
                null,
                limit,
                Timeout.InfiniteTimeSpan);
        }
    }

    private void Close(IarnetException reason)
    {
        if (Interlocked.CompareExchange(ref _closedBy, reason, null) is null)
        {
            // Actors first: what they stop doing needs no answer. Asynchronously, because callbacks are foreign code.
            _ = _stopping.CancelAsync();
            Engine.Loop.Enqueue(loop => EndCalls(loop, reason));
        }
    }

    private void EndCalls(EngineLoop loop, IarnetException reason)
    {
        EndFailure = new Failure(reason, CallState.Canceled);
        _timeout?.Dispose();
        while (_firstLive is { } call)
        {
            call.End(loop, EndFailure);
        }

        Graph.EndPending(loop, EndFailure);
        if (CallsAtActors == 0)
        {
            _quiet.TrySetResult();
        }

        BecomeIdle();
        EndObservers();
        _ended.TrySetResult();
    }

    internal void ThrowIfClosed()
    {
        if (_closedBy is { } reason)
        {
            throw new CallCanceledException($"Session '{Name}' takes no more calls: {reason.Message}", reason);
        }
    }
}
