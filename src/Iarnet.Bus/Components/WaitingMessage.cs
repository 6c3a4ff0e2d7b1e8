using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Components;

/// <summary>A message that waits: to leave, or before that to be let in. A link of a list that it can leave from the middle.</summary>
internal sealed class WaitingMessage : Deadline
{
    public EnvelopeMessage Message;

    /// <summary>What its sender knows it by.</summary>
    public object? Tag;

    public TimeSpan TimeToLive;

    /// <summary>Who waits for its reply, or for it to be let in.</summary>
    public FlowWaiter? Waiter;

    /// <summary>The list that it is in.</summary>
    public MessageLevels? List;

    public WaitingMessage? Previous;

    public WaitingMessage? Next;
}
