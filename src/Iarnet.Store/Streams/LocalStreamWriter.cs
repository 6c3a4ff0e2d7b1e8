namespace Iarnet.Store.Streams;

/// <summary>Writes a stream of the store in this process.</summary>
internal sealed class LocalStreamWriter(ObjectStore store, ObjectStream stream, int writer) : ObjectStreamWriter(stream.Reference)
{
    // Small chunks of one call lie together in objects of about this size.
    private const int BatchBytes = 128 * 1024;
    private const int SmallChunk = 8 * 1024;

    private bool _busy;
    private bool _ended;

    public override long Offset => stream.Next;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Enter();
        try
        {
            if (!TryWrite(chunk.Span))
            {
                await WriteSlowAsync(chunk, wait, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Leave();
        }
    }

    public override async ValueTask WriteManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        for (var at = 0; at < chunks.Count;)
        {
            var count = Batch(chunks, at, stream.Room(writer, chunks, at));
            if (count <= 1)
            {
                await WriteAsync(chunks[at++], cancellationToken).ConfigureAwait(false);
                continue;
            }

            Enter();
            try
            {
                await WriteBatchAsync(chunks, at, count, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Leave();
            }

            at += count;
        }
    }

    public override ValueTask CompleteAsync(CancellationToken cancellationToken = default) => End(null, cancellationToken);

    public override ValueTask FailAsync(string error, CancellationToken cancellationToken = default) => End(StreamErrors.Cut(error), cancellationToken);

    public override ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            stream.Abandon(writer, "its writer was disposed without completing it");
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask End(string? error, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        try
        {
            stream.End(writer, error);
            _ended = true;
            return ValueTask.CompletedTask;
        }
        catch (Exception refused)
        {
            return ValueTask.FromException(refused);
        }
    }

    private static int Batch(IReadOnlyList<ReadOnlyMemory<byte>> chunks, int from, int room)
    {
        var bytes = 0;
        var count = 0;
        while (count < room && chunks[from + count].Length <= SmallChunk && bytes + chunks[from + count].Length <= BatchBytes)
        {
            bytes += chunks[from + count++].Length;
        }

        return count;
    }

    private bool TryWrite(ReadOnlySpan<byte> chunk)
    {
        var owner = stream.Owner;
        if (!stream.HasRoom(writer, chunk.Length) || !store.TryPut(chunk, stream.Options.Codec, out var reference, owner))
        {
            return false;
        }

        stream.Append(writer, reference.Id.Value, owner, [chunk.Length]);
        return true;
    }

    private async ValueTask WriteSlowAsync(ReadOnlyMemory<byte> chunk, TimeSpan wait, CancellationToken cancellationToken)
    {
        await stream.WaitForRoomAsync(writer, chunk.Length, wait, cancellationToken).ConfigureAwait(false);
        var owner = stream.Owner;
        var reference = await store.PutAsync(chunk, stream.Options.Codec, owner, null, cancellationToken).ConfigureAwait(false);
        stream.Append(writer, reference.Id.Value, owner, [chunk.Length]);
    }

    private async ValueTask WriteBatchAsync(IReadOnlyList<ReadOnlyMemory<byte>> chunks, int from, int count, CancellationToken cancellationToken)
    {
        var sizes = new int[count];
        var bytes = 0;
        for (var i = 0; i < count; i++)
        {
            bytes += sizes[i] = chunks[from + i].Length;
        }

        var owner = stream.Owner;
        var put = new PutOptions { Codec = stream.Options.Codec, Owner = owner };
        using var block = await store.BeginAsync(put, bytes, WriterKind.Local, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < count; i++)
        {
            await block.WriteAsync(chunks[from + i], cancellationToken).ConfigureAwait(false);
        }

        stream.Append(writer, store.Seal(block, bytes, out _).Id.Value, owner, sizes);
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _busy, true))
        {
            throw new InvalidOperationException("A write is under way: one at a time.");
        }
    }

    private void Leave() => Volatile.Write(ref _busy, false);
}
