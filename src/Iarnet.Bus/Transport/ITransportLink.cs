using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport;

/// <summary>One stream of bytes each way. Everything but <see cref="TrySend"/> is called on the loop of the link.</summary>
internal interface ITransportLink
{
    /// <summary>Nothing can be received, or taken, now.</summary>
    const int Nothing = -1;

    /// <summary>The loop that the link belongs to.</summary>
    IoLoop Loop { get; }

    /// <summary>Who is at the other end, for people.</summary>
    string Remote { get; }

    /// <summary>The address of the other end without its port, by which connections are counted; null where there is none.</summary>
    string? Address { get; }

    /// <summary>Calls the reader from now on.</summary>
    void Start(ILinkReader reader);

    /// <summary>Zero when the other end closed; <see cref="Nothing"/> when nothing is there.</summary>
    /// <exception cref="LinkBrokenException">The stream is broken.</exception>
    int TryReceive(Span<byte> buffer);

    /// <summary>Most parts of one <see cref="TrySend(ReadOnlySpan{ReadOnlyMemory{byte}})"/>.</summary>
    const int MostParts = 16;

    /// <summary>Sends what the kernel takes now, one part behind the other; <see cref="Nothing"/> when it takes nothing. On any thread, one at a time.</summary>
    /// <exception cref="LinkBrokenException">The stream is broken or closed.</exception>
    int TrySend(ReadOnlySpan<ReadOnlyMemory<byte>> parts);

    void WaitWritable();

    /// <summary>No <see cref="ILinkReader.Readable"/> until <see cref="Resume"/>.</summary>
    void Pause();

    void Resume();

    /// <summary>Says to the other end that nothing more comes; it may still send.</summary>
    void CloseSending();

    /// <summary>Ends the stream; the reader is not called any more. Any number of times.</summary>
    void Close();
}
