using Iarnet.Rpc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Store;

/// <summary>
/// Serves a store to other processes as <c>iarnet.store.v1.ObjectStore</c>: any gRPC client can use it, and one on the same host exchanges bytes
/// through shared memory. It trusts whoever can reach it: bind it to a socket in a private folder, or to what authenticates.
/// </summary>
public sealed class StoreService
{
    private readonly Service.StoreRpc _rpc;

    /// <summary>Makes the service of a store, which stays the caller's to dispose, after the server.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public StoreService(ObjectStore store, StoreServiceOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _rpc = new Service.StoreRpc(store, (options ?? new StoreServiceOptions()).Validated(), time ?? TimeProvider.System,
            (logs ?? NullLoggerFactory.Instance).CreateLogger<StoreService>());
    }

    /// <summary>What to give to a server.</summary>
    public ServerServiceDefinition Bind() => Wire.ObjectStore.BindService(_rpc);
}
