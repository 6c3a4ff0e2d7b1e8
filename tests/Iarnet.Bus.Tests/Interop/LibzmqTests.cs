using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Interop;

/// <summary>libzmq as programs in C and C++ use it.</summary>
public sealed class LibzmqTests : EchoPeerTests
{
    private protected override Task<(ForeignPeer Peer, string FirstLine)> StartAsync(params string[] arguments) => LibzmqPeer.StartAsync(arguments);
}
