namespace Iarnet.Store.Streams;

/// <summary>Reads a stream of the store in this process.</summary>
internal sealed class LocalStreamReader(ObjectStore store, ObjectStream stream, StreamCursor cursor) : ObjectStreamReader(stream.Reference)
{
    private bool _busy;
    private volatile bool _disposed;

    public override long Position => cursor.Position;

    public override async ValueTask<ObjectLease?> ReadAsync(TimeSpan wait, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Enter();
        try
        {
            if (stream.Look(cursor.Position, out var chunk) != StreamLook.There || !store.TryLease(chunk, stream.Reference.Source, out ObjectLease? lease))
            {
                lease = await store.ReadChunkAsync(stream, cursor.Position, wait, cancellationToken).ConfigureAwait(false);
            }

            if (lease is not null)
            {
                stream.Advance(cursor);
            }

            return lease;
        }
        finally
        {
            Leave();
        }
    }

    public override async ValueTask<ObjectLease?> GetChunkAsync(long offset, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return await store.ReadChunkAsync(stream, offset, wait, cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync()
    {
        _disposed = true;
        stream.Detach(cursor);
        return ValueTask.CompletedTask;
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _busy, true))
        {
            throw new InvalidOperationException("A read is under way: one at a time.");
        }
    }

    private void Leave() => Volatile.Write(ref _busy, false);
}
