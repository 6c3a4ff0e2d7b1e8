namespace Iarnet.Bus;

/// <summary>How a message is sent. The default: normal priority, and no end of its time.</summary>
public readonly record struct BusSendOptions
{
    /// <summary>Which of the messages that wait leaves first. Default: <see cref="BusPriority.Normal"/>.</summary>
    public BusPriority Priority { get; init; }

    /// <summary>
    /// How long the message is worth sending, from the call on; more than zero. One that still waits when its time ends is dropped and told to the
    /// sender's handler (<c>Expired</c>); one that has left is not, because it may have arrived. What is left of the time goes
    /// along (<see cref="BusMessage.TimeToLive"/>). Default: null, it waits for as long as the peer is kept.
    /// </summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Anything by which the sender knows the message again when it is told that it expired. Does not travel. Default: null.</summary>
    public object? Tag { get; init; }
}
