using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>Reads objects. Thread-safe.</summary>
public interface IObjectReader
{
    /// <summary>The bytes of an object. They stay valid until the lease is disposed, also when the object is released meanwhile.</summary>
    /// <exception cref="ObjectNotFoundException">The reference leads nowhere: never put here, or released.</exception>
    /// <exception cref="StoreUnavailableException">The store is in another process and cannot be reached.</exception>
    ValueTask<ObjectLease> GetAsync(ObjectRef reference, CancellationToken cancellationToken = default);

    /// <summary>The bytes of an object, waiting until it is put.</summary>
    /// <param name="reference">Which object.</param>
    /// <param name="wait">How long to wait for it to be put, at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ObjectNotFoundException">It was not put in time.</exception>
    /// <exception cref="StoreUnavailableException">The store is in another process and cannot be reached.</exception>
    ValueTask<ObjectLease> GetAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken = default);
}
