namespace Iarnet.Rpc.Harness;

internal sealed class DotNetPeer : IEchoPeer
{
    private readonly EchoServer _server;

    private DotNetPeer(EchoServer server) => _server = server;

    public static async Task<IEchoPeer> StartAsync(Transport transport) => new DotNetPeer(await EchoServer.StartAsync(transport));

    public RpcChannel Connect(TimeProvider? time = null) =>
        _server.Connect(new RpcChannelOptions { MaxReceiveMessageSize = 8 << 20, TimeProvider = time ?? TimeProvider.System });

    public Task CancelledAsync() => _server.Service.Cancelled.ReadAsync().AsTask().Within("the cancellation in the handler");

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
