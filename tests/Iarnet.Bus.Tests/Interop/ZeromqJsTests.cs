using Iarnet.Bus.Tests.Peers;

namespace Iarnet.Bus.Tests.Interop;

/// <summary>zeromq.js, as npm has it.</summary>
public sealed class ZeromqJsTests : EchoPeerTests
{
    private protected override Task<(ForeignPeer Peer, string FirstLine)> StartAsync(params string[] arguments) => NodePeer.StartAsync(arguments);
}
