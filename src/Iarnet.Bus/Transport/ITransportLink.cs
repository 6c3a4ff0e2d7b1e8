namespace Iarnet.Bus.Transport;

/// <summary>One stream of bytes each way. One receiver and one sender at a time; <see cref="Abort"/> from any thread, any number of times.</summary>
internal interface ITransportLink
{
    /// <summary>Who is at the other end, for people.</summary>
    string Remote { get; }

    /// <summary>Zero when the other end closed.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends what the kernel takes now, on the thread of the caller; -1 when it takes nothing.</summary>
    int TrySend(List<ArraySegment<byte>> segments);

    /// <summary>Sends, and says how much.</summary>
    ValueTask<int> SendAsync(List<ArraySegment<byte>> segments);

    /// <summary>Says to the other end that nothing more comes; it may still send.</summary>
    void CloseSending();

    /// <summary>Ends the stream at once: pending and later operations fail or say that the other end closed.</summary>
    void Abort();
}
