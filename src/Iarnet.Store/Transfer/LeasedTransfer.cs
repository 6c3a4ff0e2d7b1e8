namespace Iarnet.Store.Transfer;

/// <summary>An object in memory that is served.</summary>
internal sealed class LeasedTransfer(ObjectLease lease) : ITransferObject
{
    public long Size => lease.Size;

    public string Codec => lease.Codec;

    public IReadOnlyDictionary<string, string>? Metadata => lease.Metadata;

    public ValueTask<ReadOnlyMemory<byte>> RangeAsync(long offset, int length, CancellationToken cancellationToken) => new(lease.Memory.Slice((int)offset, length));

    public void Dispose() => lease.Dispose();
}
