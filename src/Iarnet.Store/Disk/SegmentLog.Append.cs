using System.Collections.Concurrent;

namespace Iarnet.Store.Disk;

internal sealed partial class SegmentLog
{
    private readonly ConcurrentQueue<AppendRequest> _appends = new();
    private readonly AutoResetEvent _wake = new(initialState: false);

    /// <summary>
    /// Writes objects and says where they are: all of them, or none. Durable: they are on the disk when it completes.
    /// The memory of the objects is read until it completes; it must not change before.
    /// </summary>
    /// <param name="batch">The objects, in the order in which they will lie.</param>
    /// <param name="placed">Receives their places; at least as long as the batch.</param>
    /// <param name="cancellationToken">Withdraws what the writer has not begun; what it has begun is waited for.</param>
    /// <exception cref="StoreFullException">The limit or the disk has no room. Nothing of the batch is kept.</exception>
    /// <exception cref="IarnetException">The disk refused. Nothing of the batch is kept.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<DiskWrite> batch, Memory<DiskLocation> placed, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(placed.Length, batch.Length, nameof(placed));
        var done = 0;
        try
        {
            while (done < batch.Length)
            {
                // In pieces of a segment, so that none becomes much larger than the others.
                var (count, bytes) = Piece(batch.Span[done..]);
                await AppendPieceAsync(new AppendRequest(batch.Slice(done, count), placed.Slice(done, count), bytes), cancellationToken).ConfigureAwait(false);
                done += count;
            }
        }
        catch
        {
            foreach (var location in placed.Span[..done])
            {
                Free(location);
            }

            throw;
        }
    }

    private (int Count, long Bytes) Piece(ReadOnlySpan<DiskWrite> writes)
    {
        var count = 0;
        long bytes = 0;
        foreach (ref readonly var write in writes)
        {
            var more = RecordFormat.RecordBytes(RecordFormat.HeaderBytes(write.Record), write.Bytes.Length);
            if (count > 0 && bytes + more > _options.EffectiveSegmentBytes)
            {
                break;
            }

            bytes += more;
            count++;
        }

        return (count, bytes);
    }

    private async Task AppendPieceAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);

            // Under the lock: the writer ends only when it has seen the closing and then an empty queue.
            _appends.Enqueue(request);
            _wake.Set();
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((AppendRequest)state!).TryWithdraw(token), request))
        {
            await request.Done.ConfigureAwait(false);
        }
    }
}
