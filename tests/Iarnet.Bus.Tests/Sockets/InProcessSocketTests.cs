namespace Iarnet.Bus.Tests.Sockets;

/// <summary>Sockets of one process that talk through its memory.</summary>
public sealed class InProcessSocketTests : SocketTests
{
    private static int _count;

    private protected override string Endpoint(string usual) => $"inproc://core-{Interlocked.Increment(ref _count)}";
}
