using Iarnet.Actors;

namespace Iarnet.Dag;

/// <summary>Takes what a host reports about one start of a group, on whatever thread, to the loop. Reports of an earlier start are ignored.</summary>
internal sealed class GroupObserver(EngineLoop loop, GroupState group) : IActorGroupObserver
{
    public void ActorReady(IActor actor) => Tell(here => group.ActorReady(here, actor));

    public void ActorLost(IActor actor, Exception reason) => Tell(here => group.ActorLost(here, actor, reason));

    public void GroupFailed(Exception reason) => Tell(here => group.Failed(here, reason));

    public void CallsEnded(IActor actor, ReadOnlySpan<ActorOutcome> outcomes)
    {
        if (!outcomes.IsEmpty)
        {
            loop.Enqueue(new OutcomeBatch(actor, outcomes.ToArray()));
        }
    }

    private void Tell(Action<EngineLoop> action) => loop.Enqueue(here =>
    {
        if (group.IsCurrent(this))
        {
            action(here);
        }
    });
}
