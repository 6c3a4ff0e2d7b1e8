using Iarnet.Dag;

namespace Iarnet;

/// <summary>What the loop keeps about the session's calls and objects.</summary>
public sealed partial class DagSession
{
    private readonly long[] _states = new long[6];
    private readonly List<TaskCompletionSource> _whenIdle = [];
    private ControlNode? _firstLive;
    private HeldObject? _firstHeld;
    private long _encodedBytes;
    private long _live;

    internal Failure? EndFailure { get; private set; }

    internal bool IsEnded => EndFailure is not null;

    /// <summary>Calls that an actor has, also those that ended for the session meanwhile.</summary>
    internal long CallsAtActors { get; set; }

    internal long ResultBytes { get; set; }

    internal void AddEncodedBytes(long bytes) => Interlocked.Add(ref _encodedBytes, bytes);

    internal void AddLive(ControlNode call)
    {
        _live++;
        _states[(int)CallState.Pending]++;
        call.NextLive = _firstLive;
        if (_firstLive is not null)
        {
            _firstLive.PreviousLive = call;
        }

        _firstLive = call;
    }

    internal void RemoveLive(ControlNode call)
    {
        if (call.PreviousLive is { } previous)
        {
            previous.NextLive = call.NextLive;
        }
        else
        {
            _firstLive = call.NextLive;
        }

        if (call.NextLive is { } next)
        {
            next.PreviousLive = call.PreviousLive;
        }

        call.PreviousLive = call.NextLive = null;
        if (--_live == 0)
        {
            BecomeIdle();
        }
    }

    internal void CountState(CallState from, CallState to)
    {
        _states[(int)from]--;
        _states[(int)to]++;
    }

    internal void CallAtActorEnded()
    {
        if (--CallsAtActors == 0 && IsEnded)
        {
            _quiet.TrySetResult();
        }
    }

    internal void Hold(HeldObject held)
    {
        held.NextHeld = _firstHeld;
        if (_firstHeld is not null)
        {
            _firstHeld.PreviousHeld = held;
        }

        _firstHeld = held;
    }

    internal void Unhold(HeldObject held)
    {
        if (held.PreviousHeld is { } previous)
        {
            previous.NextHeld = held.NextHeld;
        }
        else if (ReferenceEquals(_firstHeld, held))
        {
            _firstHeld = held.NextHeld;
        }

        if (held.NextHeld is { } next)
        {
            next.PreviousHeld = held.PreviousHeld;
        }

        held.PreviousHeld = held.NextHeld = null;
    }

    /// <summary>The calls that a lost actor never reported, in a list because ending one changes the session's.</summary>
    internal IEnumerable<ControlNode> CallsWith(ActorState actor)
    {
        for (var call = _firstLive; call is not null; call = call.NextLive)
        {
            if (ReferenceEquals(call.Actor, actor))
            {
                yield return call;
            }
        }
    }

    private void BecomeIdle()
    {
        foreach (var waiting in _whenIdle)
        {
            waiting.TrySetResult();
        }

        _whenIdle.Clear();
    }
}
