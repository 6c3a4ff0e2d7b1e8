namespace Iarnet.Actors;

/// <summary>Starts actor groups: on threads of this process, or in components that a provider deploys.</summary>
public interface IActorHost
{
    /// <summary>Whether groups of this language can be started here.</summary>
    bool Supports(string language);

    /// <summary>
    /// Starts a group and returns at once; actors are reported to the observer as they become ready, and replaced when they are lost.
    /// </summary>
    IActorGroup StartGroup(ActorGroupSpec spec, IActorGroupObserver observer);
}
