namespace Iarnet.Dag;

/// <summary>The shape of a function's delegate.</summary>
internal enum CallKind : byte
{
    /// <summary>No delegate: the function runs in another process.</summary>
    None,

    /// <summary>Returns the result.</summary>
    Value,

    /// <summary>Returns a task of the result.</summary>
    Task,

    /// <summary>Takes a cancellation token last and returns a task of the result.</summary>
    CancelableTask,
}
