namespace Iarnet.Bus.Io;

/// <summary>What waits for events of a file descriptor.</summary>
internal interface IEpollSource
{
    /// <summary>On the loop. Errors and hang-ups count as readable: reading says what they are.</summary>
    void Ready(bool readable, bool writable);
}
