using System.Runtime.InteropServices;
using Iarnet.Actors;

namespace Iarnet.Dag;

/// <summary>An actor group as the loop sees it: its actors, and the calls that wait for one. Groups do not wait for each other.</summary>
internal sealed partial class GroupState(DagEngine engine, IActorHost host, ActorGroupSpec spec)
{
    private readonly Deque<ControlNode> _ready = new();
    private readonly List<ActorState> _actors = [];
    private IActorGroup? _group;
    private GroupObserver? _observer;

    public ActorGroupSpec Spec => spec;

    public bool IsDirty { get; set; }

    public void Enqueue(EngineLoop loop, ControlNode call)
    {
        _ready.AddLast(call);
        loop.MarkDirty(this);
    }

    /// <summary>For a call that had its turn before.</summary>
    public void EnqueueFirst(EngineLoop loop, ControlNode call)
    {
        _ready.AddFirst(call);
        loop.MarkDirty(this);
    }

    /// <summary>Hands ready calls to actors with room, each actor's in one batch.</summary>
    public void Dispatch(EngineLoop loop)
    {
        // Calls that ended while they waited, so that a group that never gets an actor does not keep them.
        while (_ready.Count > 0 && _ready.First.State != CallState.Ready)
        {
            _ready.RemoveFirst();
        }

        if (_ready.Count == 0)
        {
            return;
        }

        if (_group is null)
        {
            Start(loop);
        }

        foreach (var actor in _actors)
        {
            actor.Refresh();
        }

        while (_ready.Count > 0 && Choose() is { } actor)
        {
            // Calls that ended while they waited are left out.
            var call = _ready.RemoveFirst();
            if (call.State == CallState.Ready)
            {
                actor.InFlight++;
                call.Dispatched(actor);
                actor.Outgoing.Add(call);
            }
        }

        foreach (var actor in _actors)
        {
            Post(actor);
        }
    }

    private ActorState? Choose()
    {
        ActorState? best = null;
        var lowest = long.MaxValue;
        var ties = 1;
        foreach (var actor in CollectionsMarshal.AsSpan(_actors))
        {
            if (!actor.HasRoom)
            {
                continue;
            }

            var cost = actor.Cost;
            if (cost < lowest)
            {
                (best, lowest, ties) = (actor, cost, 1);
            }
            else if (cost == lowest && engine.Random.Next(++ties) == 0)
            {
                // The n-th of n equals is taken with probability 1/n: each is equally likely in the end.
                best = actor;
            }
        }

        return best;
    }

    private void Post(ActorState actor)
    {
        if (actor.Outgoing.Count == 0)
        {
            return;
        }

        try
        {
            actor.Actor.Post(CollectionsMarshal.AsSpan(actor.Outgoing));
        }
        catch (Exception exception)
        {
            engine.LogActorFault(actor.Actor.Id, "Post threw.", exception);
            var calls = actor.Outgoing.ToArray();
            var outcomes = Array.ConvertAll(calls, call => ActorOutcome.Lost(call, exception));
            _observer!.CallsEnded(actor.Actor, outcomes);
        }

        actor.Outgoing.Clear();
    }
}
