namespace Iarnet.Bus;

/// <summary>What the bus knows of a component.</summary>
public enum BusPeerState
{
    /// <summary>Registered, and not seen yet. Messages wait for it.</summary>
    Awaited,

    /// <summary>Connected, and its readiness was answered.</summary>
    Ready,

    /// <summary>Its connection is lost. What it has not acknowledged is kept and sent again when it returns.</summary>
    Away,

    /// <summary>It left, was away for too long, or was unregistered. Nothing can be sent to it any more.</summary>
    Gone,
}
