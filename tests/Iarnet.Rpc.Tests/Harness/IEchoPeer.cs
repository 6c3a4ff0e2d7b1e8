namespace Iarnet.Rpc.Harness;

/// <summary>A server of echo.proto, whoever runs it, and a channel to it.</summary>
internal interface IEchoPeer : IAsyncDisposable
{
    /// <summary>A new channel, whose receive limit is 8 MiB.</summary>
    RpcChannel Connect();

    /// <summary>Completes when a call that waited in its handler was cancelled there.</summary>
    Task CancelledAsync();
}
