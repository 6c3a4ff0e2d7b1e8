using Iarnet.Rpc.Harness;

namespace Iarnet.Rpc.Calls;

public sealed class CallsToGrpcioOverTcpTests : CallTests
{
    private protected override Task<IEchoPeer> StartAsync() => GrpcioPeer.StartAsync(Transport.Tcp);
}

public sealed class CallsToGrpcioOverUnixTests : CallTests
{
    private protected override Task<IEchoPeer> StartAsync() => GrpcioPeer.StartAsync(Transport.Unix);
}

public sealed class CallsToGrpcioOverTlsTests : CallTests
{
    private protected override Task<IEchoPeer> StartAsync() => GrpcioPeer.StartAsync(Transport.Tls);
}
