using Iarnet.Objects;

namespace Iarnet.Store.Transfer;

/// <summary>Where fetched copies are written. Thread-safe.</summary>
internal interface ITransferTarget
{
    /// <summary>Makes room for a copy.</summary>
    /// <exception cref="StoreFullException">No room came up within a bounded wait.</exception>
    ValueTask<ITransferCopy> BeginAsync(ObjectRef reference, string codec, IReadOnlyDictionary<string, string>? metadata, long size, CancellationToken cancellationToken);
}
