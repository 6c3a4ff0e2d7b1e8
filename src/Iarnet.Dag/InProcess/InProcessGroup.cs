using Iarnet.Actors;

namespace Iarnet.Dag;

/// <summary>The one in-process actor of a group. It needs no ending: threads belong to the pool.</summary>
internal sealed class InProcessGroup : IActorGroup
{
    public InProcessGroup(ActorGroupSpec spec, IActorGroupObserver observer, TimeProvider time)
    {
        Spec = spec;
        observer.ActorReady(new InProcessActor(spec, observer, time));
    }

    public ActorGroupSpec Spec { get; }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
