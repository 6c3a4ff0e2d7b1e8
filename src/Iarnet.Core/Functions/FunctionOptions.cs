using Iarnet.Resources;

namespace Iarnet.Functions;

/// <summary>How a function is run. Functions with the same group share the same components.</summary>
public sealed record FunctionOptions
{
    /// <summary>What is used when nothing is said: the shared group of the function's language.</summary>
    public static FunctionOptions Default { get; } = new();

    /// <summary>
    /// The actor group that runs the function. By default null: a function that states neither resources, replicas nor concurrency
    /// runs in the shared group of its language, any other in a group of its own, named after it.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>What one replica needs. By default nothing in particular.</summary>
    public ResourceRequest Resources { get; init; } = ResourceRequest.None;

    /// <summary>How many replicas are started. By default null: the engine's own default.</summary>
    public int? MinReplicas { get; init; }

    /// <summary>How many replicas there may be. By default null: as many as <see cref="MinReplicas"/>.</summary>
    public int? MaxReplicas { get; init; }

    /// <summary>How often a call is run again after its component died under it. 3 by default. A function that throws is not run again.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>How long a call may take from being ready to having its result. By default null: without limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many calls one replica runs at the same time. 1 by default.</summary>
    public int Concurrency { get; init; } = 1;
}
