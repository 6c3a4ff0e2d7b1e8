namespace Iarnet.Actors;

/// <summary>
/// Told what happens in a group. Implementations only enqueue: they neither block nor throw.
/// Calls for one actor come in order: ready, outcomes, lost; those for different actors may come at the same time.
/// </summary>
public interface IActorGroupObserver
{
    /// <summary>An actor takes calls from now on.</summary>
    void ActorReady(IActor actor);

    /// <summary>Calls ended. The span is not used after the method returns.</summary>
    void CallsEnded(IActor actor, ReadOnlySpan<ActorOutcome> outcomes);

    /// <summary>An actor takes no more calls. Every call that was with it has had its outcome by now.</summary>
    void ActorLost(IActor actor, Exception reason);

    /// <summary>The group can have no actor: nothing can be placed, or nothing stays alive. Calls that wait for it fail with the reason.</summary>
    void GroupFailed(Exception reason);
}
