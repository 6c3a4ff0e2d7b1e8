using Iarnet.Rpc.Harness;

namespace Iarnet.Rpc.Calls;

public sealed class CallsToOurServerOverTcpTests : CallTests
{
    private protected override Task<IEchoPeer> StartAsync() => DotNetPeer.StartAsync(Transport.Tcp);
}

public sealed class CallsToOurServerOverUnixTests : CallTests
{
    private protected override Task<IEchoPeer> StartAsync() => DotNetPeer.StartAsync(Transport.Unix);
}

public sealed class CallsToOurServerOverTlsTests : CallTests
{
    private protected override Task<IEchoPeer> StartAsync() => DotNetPeer.StartAsync(Transport.Tls);
}
