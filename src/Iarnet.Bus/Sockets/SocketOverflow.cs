namespace Iarnet.Bus;

/// <summary>What a send does when a peer's queue is at its bound.</summary>
public enum SocketOverflow
{
    /// <summary>It waits for room.</summary>
    Wait = 0,

    /// <summary>The message is dropped, counted (<c>iarnet.bus.messages_dropped</c>) and told by <see cref="MessagesDropped"/>.</summary>
    Drop = 1,
}
