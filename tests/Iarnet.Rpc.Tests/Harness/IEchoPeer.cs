namespace Iarnet.Rpc.Harness;

/// <summary>A server of echo.proto, whoever runs it, and a channel to it.</summary>
internal interface IEchoPeer : IAsyncDisposable
{
    /// <summary>A new channel, whose receive limit is 8 MiB and whose clock is the system's unless another is given.</summary>
    RpcChannel Connect(TimeProvider? time = null);

    /// <summary>Completes when a call that waited in its handler was cancelled there.</summary>
    Task CancelledAsync();
}
