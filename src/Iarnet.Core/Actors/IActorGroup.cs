namespace Iarnet.Actors;

/// <summary>The replicas that run a set of functions. Disposing it ends its actors; calls still with them are reported lost.</summary>
public interface IActorGroup : IAsyncDisposable
{
    /// <summary>What the group should be.</summary>
    ActorGroupSpec Spec { get; }
}
