using Iarnet.Objects;

namespace Iarnet.Store.Transfer;

/// <summary>What a transfer server reads from. Thread-safe.</summary>
internal interface ITransferSource
{
    /// <summary>The object, held until it is disposed; null when it is not here.</summary>
    ValueTask<ITransferObject?> OpenAsync(ObjectRef reference, CancellationToken cancellationToken);
}
