using System.Runtime.InteropServices;
using Iarnet.Actors;
using Iarnet.Dag;
using Iarnet.Objects;

namespace Iarnet;

/// <summary>
/// A data node of a session's DAG: a value that is there, or will be. Thread-safe.
/// A reference that nobody can reach any more is released by the garbage collector; <see cref="Dispose"/> releases it earlier.
/// </summary>
public abstract class DataRef : IActorValue, IDisposable
{
    private static readonly object EndedMark = new();

    private object? _waiting;
    private object? _followers;
    private int _users;
    private int _state;
    private int _disposed;
    private volatile bool _released;

    private protected DataRef(DagSession session, CallState state)
    {
        Session = session;
        _state = (int)state;
        _waiting = state == CallState.Done ? EndedMark : null;
    }

    /// <summary>The state of the call that makes it; a value that was put is <see cref="CallState.Done"/> at once.</summary>
    public CallState State => (CallState)Volatile.Read(ref _state);

    internal DagSession Session { get; }

    internal Failure? Failure { get; private set; }

    internal bool IsEnded => State >= CallState.Done;

    internal bool IsReleased => _released;

    private protected bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>
    /// Says that the caller needs the value no more. It is released, in this process and in the store, when the calls that
    /// were already given it have ended. Neither the call that makes it nor those that need it are cancelled.
    /// </summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Session.Engine.Loop.Enqueue(_ => TryRelease());
        }
    }

    bool IActorValue.TryGetEncoded(out EncodedValue value)
    {
        var form = EncodedForm;
        value = form is null ? default : form.Value;
        return form is not null;
    }

    ValueTask<EncodedValue> IActorValue.EncodeAsync(IObjectSpace space, CancellationToken cancellationToken) => EncodeAsync(space, cancellationToken);

    internal abstract EncodedForm? EncodedForm { get; }

    internal abstract ValueTask<EncodedValue> EncodeAsync(IObjectSpace space, CancellationToken cancellationToken);

    /// <summary>Null when the value can be read in this process; otherwise what to wait for until it can.</summary>
    internal abstract Task? EnsureLocal();

    /// <summary>A result that arrived in its encoded form.</summary>
    internal abstract void SetEncoded(in EncodedValue value);

    private protected abstract void DropValue();

    internal void SetState(CallState state) => Volatile.Write(ref _state, (int)state);

    /// <summary>Loop only. The value, if there is one, was set before.</summary>
    internal void End(EngineLoop loop, CallState state, Failure? failure)
    {
        Failure = failure;
        SetState(state);
        if (Interlocked.Exchange(ref _waiting, EndedMark) is TaskCompletionSource waiting)
        {
            waiting.TrySetResult();
        }

        if (_followers is not null)
        {
            loop.Spread(this);
        }

        TryRelease();
    }

    /// <summary>Loop only. For data nodes that no call makes.</summary>
    internal void EndIfPending(EngineLoop loop, Failure? failure = null)
    {
        if (!IsEnded)
        {
            End(loop, failure?.State ?? CallState.Done, failure);
        }
    }

    /// <summary>Loop only.</summary>
    internal void AddUser() => _users++;

    /// <summary>Loop only.</summary>
    internal void RemoveUser()
    {
        _users--;
        TryRelease();
    }

    /// <summary>Loop only.</summary>
    internal void AddFollower(ControlNode follower)
    {
        switch (_followers)
        {
            case null:
                _followers = follower;
                break;
            case List<ControlNode> many:
                many.Add(follower);
                break;
            case ControlNode one:
                _followers = new List<ControlNode>(4) { one, follower };
                break;
        }
    }

    /// <summary>Loop only.</summary>
    internal void TellFollowers(EngineLoop loop)
    {
        var followers = _followers;
        _followers = null;
        if (followers is ControlNode one)
        {
            one.InputEnded(loop, this);
        }
        else if (followers is List<ControlNode> many)
        {
            foreach (var follower in CollectionsMarshal.AsSpan(many))
            {
                follower.InputEnded(loop, this);
            }
        }
    }

    internal ValueTask WhenEndedAsync(CancellationToken cancellationToken)
    {
        var waiting = Volatile.Read(ref _waiting);
        if (waiting is null)
        {
            // Continuations run elsewhere: the one who completes it is the loop.
            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = Interlocked.CompareExchange(ref _waiting, created, null) ?? created;
        }

        return waiting is TaskCompletionSource source ? new ValueTask(source.Task.WaitAsync(cancellationToken)) : ValueTask.CompletedTask;
    }

    private void TryRelease()
    {
        if (_disposed != 0 && _users == 0 && IsEnded && !_released)
        {
            _released = true;
            EncodedForm?.Held?.Release();
            DropValue();
        }
    }
}
