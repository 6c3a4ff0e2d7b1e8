namespace Iarnet;

/// <summary>Where a call is on its way.</summary>
public enum CallState
{
    /// <summary>It waits for results of other calls, or for a node that was not added yet.</summary>
    Pending,

    /// <summary>It has all its inputs and waits for an actor.</summary>
    Ready,

    /// <summary>It was handed to an actor.</summary>
    Running,

    /// <summary>It has its result.</summary>
    Done,

    /// <summary>It failed, or one that it depends on did.</summary>
    Failed,

    /// <summary>It, its session or its engine was cancelled before it had a result.</summary>
    Canceled,
}
