namespace Iarnet.Actors;

/// <summary>How a call ended at an actor.</summary>
public enum ActorOutcomeKind
{
    /// <summary>It has a result.</summary>
    Completed,

    /// <summary>It ran and failed, or can never run: it is not run again.</summary>
    Failed,

    /// <summary>It was cancelled where it ran.</summary>
    Canceled,

    /// <summary>The actor was lost with it, or never took it: it may be run again elsewhere.</summary>
    Lost,
}
