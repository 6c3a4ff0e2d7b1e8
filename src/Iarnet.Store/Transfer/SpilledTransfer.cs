using System.Buffers;

namespace Iarnet.Store.Transfer;

/// <summary>An object on disk that is served range by range, without being brought into memory as a whole.</summary>
internal sealed class SpilledTransfer(ObjectStore store, int record, long size, string codec, IReadOnlyDictionary<string, string>? metadata) : ITransferObject
{
    private byte[] _buffer = [];
    private int _disposed;

    public long Size => size;

    public string Codec => codec;

    public IReadOnlyDictionary<string, string>? Metadata => metadata;

    public async ValueTask<ReadOnlyMemory<byte>> RangeAsync(long offset, int length, CancellationToken cancellationToken)
    {
        if (_buffer.Length < length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(length);
        }

        await store.ReadDiskAsync(record, offset, _buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        return _buffer.AsMemory(0, length);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            store.LeaveDisk(record);
        }
    }
}
