using Iarnet.Actors;

namespace Iarnet.Dag;

/// <summary>What one actor did for one session. Written by the loop alone.</summary>
internal sealed class ActorCount(ActorState actor)
{
    private long _done;
    private long _failed;
    private long _lost;
    private long _computeTicks;

    public void Add(ActorOutcomeKind kind, TimeSpan computeTime)
    {
        _computeTicks += computeTime.Ticks;
        switch (kind)
        {
            case ActorOutcomeKind.Completed:
                _done++;
                break;
            case ActorOutcomeKind.Lost:
                _lost++;
                break;
            default:
                _failed++;
                break;
        }
    }

    public ActorStatistics Snapshot() => new(actor.Actor.Id, actor.Group.Spec.Name, _done, _failed, _lost, new TimeSpan(_computeTicks));
}
