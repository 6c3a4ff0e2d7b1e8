namespace Iarnet.Store.Transfer;

/// <summary>A copy of another node's object that is written in its place in the store.</summary>
internal sealed class CopyInPlace(ObjectStore store, UnfinishedObject unfinished, long size) : ITransferCopy
{
    private readonly long _offset = unfinished.Offset;
    private ObjectLease? _sealed;

    public Memory<byte> Range(long offset, int length) => store.Pool.Memory(_offset + offset, length);

    public void Seal()
    {
        // Leased before anybody can take it away: its bytes stay readable here until this is disposed.
        var origin = unfinished.Origin!.Value;
        store.Seal(unfinished, size, out _);
        store.TryLease(origin, out _sealed!);
    }

    public void Dispose()
    {
        _sealed?.Dispose();
        unfinished.Dispose();
    }
}
