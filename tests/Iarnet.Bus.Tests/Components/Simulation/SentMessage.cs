namespace Iarnet.Bus.Tests.Components.Simulation;

internal enum Fate
{
    /// <summary>A sender waits for room.</summary>
    Outside,

    /// <summary>Let in; it must arrive, or be told as expired.</summary>
    Queued,

    Delivered,
    Expired,

    /// <summary>It was never let in.</summary>
    Refused,

    /// <summary>The other end forgot everything.</summary>
    Lost,
}

/// <summary>What the model knows of a message.</summary>
internal sealed class SentMessage(int id, SimulatedEnd from, BusPriority priority, TimeSpan? timeToLive, long deadline)
{
    public int Id { get; } = id;

    public SimulatedEnd From { get; } = from;

    public BusPriority Priority { get; } = priority;

    public TimeSpan? TimeToLive { get; } = timeToLive;

    /// <summary>Zero when there is none.</summary>
    public long Deadline { get; } = deadline;

    public bool IsRequest { get; init; }

    public Fate Fate { get; set; }

    /// <summary>Its place among those let in at its end.</summary>
    public int LetIn { get; set; }

    public bool IsCanceled { get; set; }

    /// <summary>Who waits: for room, or for the reply.</summary>
    public ValueTask Sending { get; private set; }

    public ValueTask<ReadOnlyMemory<byte>> Reply { get; private set; }

    public bool HasEnded => IsRequest ? Reply.IsCompleted : Sending.IsCompleted;

    public CancellationTokenSource? Cancel { get; set; }

    public void Waits(ValueTask sending) => (Fate, Sending) = (Fate.Outside, sending);

    public void Waits(ValueTask<ReadOnlyMemory<byte>> reply) => (Fate, Reply) = (Fate.Outside, reply);

    public override string ToString() => $"message {Id} of the {(From.IsEngine ? "engine" : "component")} ({Priority}, {(IsRequest ? "request" : "one way")}, {Fate})";
}
