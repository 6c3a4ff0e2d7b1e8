using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Components;

/// <summary>Where envelopes go while there is a connection. A seam: tests of the flow put a simulated wire behind it.</summary>
internal interface IMessageSink
{
    /// <summary>Takes one envelope, or says why not; after <see cref="SendOutcome.Full"/> it tells when there is room.</summary>
    SendOutcome TryAppend(ReadOnlySpan<byte> head, ReadOnlyMemory<byte> rest, bool evenIfFull = false);

    /// <summary>Sends what was appended. Called outside the lock of the flow.</summary>
    void Flush();
}
