using Iarnet.Objects;

namespace Iarnet.Store;

public sealed partial class ObjectStore
{
    // Brings an object into memory from disk or from another store; false when there is no such object.
    private ValueTask<bool> TryBringAsync(ObjectRef reference, UInt128 key, CancellationToken cancellationToken) => new(false);

    private ValueTask<ObjectRef> KeepAsync(ObjectRef reference, PutOptions options, CancellationToken cancellationToken) => new(reference);

    // Memory is short: see what may go.
    private void Relieve()
    {
    }
}
