namespace Iarnet;

/// <summary>How an engine behaves.</summary>
public sealed class DagEngineOptions
{
    /// <summary>
    /// How many replicas a function has that states none; at least 1. By default as many as the machine has processors, at least 2.
    /// </summary>
    public int DefaultReplicas { get; set; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>How long disposing the engine waits for its actor groups to end, after its sessions were closed. Five seconds by default.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(DefaultReplicas, 1, nameof(DefaultReplicas));
        ArgumentOutOfRangeException.ThrowIfLessThan(CloseTimeout, TimeSpan.Zero, nameof(CloseTimeout));
    }
}
