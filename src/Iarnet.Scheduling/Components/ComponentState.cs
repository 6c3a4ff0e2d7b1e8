namespace Iarnet.Scheduling;

/// <summary>Where a component is on its way.</summary>
public enum ComponentState
{
    /// <summary>A provider was chosen and the resources are set aside; nothing runs.</summary>
    Reserved,

    /// <summary>The provider was asked to start it.</summary>
    Deploying,

    /// <summary>The provider started it.</summary>
    Running,

    /// <summary>It ran and ended, by itself or on request.</summary>
    Exited,

    /// <summary>It was never started: the provider refused, failed or took too long. What may be there of it is being taken away.</summary>
    Failed,

    /// <summary>Nothing of it is left, and its resources are free.</summary>
    Removed,
}
