namespace Iarnet.Store.Transfer;

/// <summary>An object that is read while it still arrives.</summary>
internal sealed class JoinedTransfer(InboundTransfer transfer) : ITransferObject
{
    private int _disposed;

    public long Size => transfer.Facts.Size;

    public string Codec => transfer.Facts.Codec;

    public IReadOnlyDictionary<string, string>? Metadata => transfer.Facts.Metadata;

    /// <summary>Completes when its size is known and there is room for it.</summary>
    public ValueTask OpenedAsync(CancellationToken cancellationToken) => transfer.OpenedAsync(cancellationToken);

    public ValueTask<ReadOnlyMemory<byte>> RangeAsync(long offset, int length, CancellationToken cancellationToken) => transfer.RangeAsync(offset, length, cancellationToken);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            transfer.Leave();
        }
    }
}
