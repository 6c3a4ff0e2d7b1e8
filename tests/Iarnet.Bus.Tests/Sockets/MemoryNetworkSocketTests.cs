using Iarnet.Bus.Io;
using Iarnet.Bus.Transport;
using Iarnet.Bus.Transport.Memory;

namespace Iarnet.Bus.Tests.Sockets;

/// <summary>Sockets over a network in memory whose loops are on the thread pool, which other tests cut.</summary>
public sealed class MemoryNetworkSocketTests : SocketTests
{
    private readonly MemoryNetwork _network = new(static () => IoLoops.Pool.Next());
    private int _count;

    private protected override ITransport? Transport => _network;

    private protected override string Endpoint(string usual) => $"inproc://core-{Interlocked.Increment(ref _count)}";
}
