using Iarnet.Objects;
using Iarnet.Store.Index;
using Iarnet.Store.Memory;
using Iarnet.Store.Streams;

namespace Iarnet.Store;

public sealed partial class ObjectStore : IObjectStreams
{
    /// <inheritdoc/>
    public ValueTask<ObjectStreamWriter> CreateStreamAsync(StreamOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var stream = CreateStream(options ?? StreamOptions.Default, isRemote: false);
        return new ValueTask<ObjectStreamWriter>(new LocalStreamWriter(this, stream, stream.TakeWriter(out _)));
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectStreamReader> OpenStreamAsync(ObjectRef reference, StreamReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= StreamReadOptions.Default;
        options.Check();
        var stream = await FindStreamAsync(reference, options.Wait, cancellationToken).ConfigureAwait(false);
        return new LocalStreamReader(this, stream, stream.Attach(options));
    }

    /// <summary>What the store knows of a stream; null when it is not there, or is an object that never was one.</summary>
    public StreamInfo? StatStream(ObjectRef reference) => FindStream(reference)?.Info;

    internal ObjectStream CreateStream(StreamOptions options, bool isRemote)
    {
        options.Check();
        var owner = options.Owner ?? _options.Owner;
        StoreNames.CheckOwner(owner);
        var id = options.Id ?? ObjectId.New();
        var stream = new ObjectStream(this, options, new ObjectRef(id, Source), owner, _time);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (TryFindRecord(id.Value, out _))
            {
                throw new ArgumentException($"The store has an object or a stream {id} already: a stream begins under an id of its own.", nameof(options));
            }

            var holder = _owners.Intern(owner, isRemote);
            try
            {
                var traits = RecordTraits.IsStream | (options.Metadata is { Count: > 0 } ? RecordTraits.HasMetadata : RecordTraits.None);
                var number = Insert(id.Value, Block.Empty, 0, CodecNumber(options.Codec), holder, traits, RecordPhase.Chunks);
                ExtrasOf(number).Stream = stream;
                if (options.Metadata is { Count: > 0 })
                {
                    ExtrasOf(number).Metadata = options.Metadata;
                }
            }
            finally
            {
                _owners.DropIfEmpty(holder);
            }
        }

        Arrived(id.Value);
        return stream;
    }

    /// <summary>A stream, waiting for it to be created.</summary>
    internal async ValueTask<ObjectStream> FindStreamAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (FindStream(reference) is { } there)
        {
            return there;
        }

        if (wait > TimeSpan.Zero)
        {
            ObjectRef[] one = [reference];
            await WaitAsync(one, WaitMode.All, wait, cancellationToken).ConfigureAwait(false);
        }

        return FindStream(reference) ?? throw (Contains(reference)
            ? new ObjectNotFoundException($"The object {reference} is no stream: get it as a whole.")
            : NotFound(reference, wait));
    }

    internal ObjectStream? FindStream(in ObjectRef reference)
    {
        lock (_lock)
        {
            return TryFindRecord(KeyOf(reference), out var number) ? _extras.GetValueOrDefault(number)?.Stream : null;
        }
    }

    /// <summary>Gives up what a stream has of an object with its chunks.</summary>
    internal void ReleaseChunk(UInt128 block)
    {
        if (TryRelease(new ObjectRef(new ObjectId(block), Source), null, out var freed))
        {
            GiveBack(freed);
        }
    }

    /// <summary>A lease of a chunk whose bytes are in memory.</summary>
    internal bool TryLease(in StreamChunk chunk, string source, out ObjectLease lease)
    {
        if (!TryLease(new ObjectRef(new ObjectId(chunk.Block), source), out lease))
        {
            return false;
        }

        lease = lease.Size == chunk.Size ? lease : lease.Slice(chunk.Start, chunk.Size);
        return true;
    }

    /// <summary>A chunk as soon as it is written; null when the stream was completed with fewer.</summary>
    internal async ValueTask<ObjectLease?> ReadChunkAsync(ObjectStream stream, long offset, TimeSpan wait, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(_time, wait);
        for (var isOver = false; ;)
        {
            switch (stream.Look(offset, out var chunk))
            {
                case StreamLook.End:
                    return null;
                case StreamLook.There:
                    if (await LeaseAsync(stream, offset, chunk, cancellationToken).ConfigureAwait(false) is { } lease)
                    {
                        return lease;
                    }

                    continue;
            }

            if (isOver)
            {
                throw stream.NotWritten(offset, wait);
            }

            isOver = !await stream.WaitForAsync(offset, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A lease of a chunk, wherever its bytes are; null when it lies elsewhere by now.</summary>
    internal async ValueTask<ObjectLease?> LeaseAsync(ObjectStream stream, long offset, StreamChunk chunk, CancellationToken cancellationToken)
    {
        try
        {
            var lease = await GetAsync(new ObjectRef(new ObjectId(chunk.Block), Source), cancellationToken).ConfigureAwait(false);
            return lease.Size == chunk.Size ? lease : lease.Slice(chunk.Start, chunk.Size);
        }
        catch (ObjectNotFoundException) when (stream.Look(offset, out var now) == StreamLook.There && now != chunk)
        {
            return null;
        }
    }

    /// <summary>Makes one object of a stream's chunks, under its own id.</summary>
    internal async Task GatherAsync(ObjectStream stream, IReadOnlyList<UInt128> blocks, long bytes)
    {
        var whole = new PutOptions { Codec = stream.Options.Codec, Owner = stream.Owner };
        using var unfinished = await BeginAsync(whole, bytes, WriterKind.Local, CancellationToken.None).ConfigureAwait(false);
        foreach (var block in blocks)
        {
            using var lease = await GetAsync(new ObjectRef(new ObjectId(block), Source), CancellationToken.None).ConfigureAwait(false);
            await unfinished.WriteAsync(lease.Memory, CancellationToken.None).ConfigureAwait(false);
        }

        var (taken, reserved) = unfinished.Take() ?? throw new OwnerReleasedException(whole.Owner);
        var kept = false;
        try
        {
            taken = _pool.Shrink(taken, reserved, bytes);
            kept = TryFill(stream, taken, bytes);
        }
        finally
        {
            if (!kept)
            {
                GiveBack(new Freed(taken, bytes));
            }
        }

        stream.Gathered();
    }

    // The stream's record becomes that of an object like any other; false when it is gone.
    private unsafe bool TryFill(ObjectStream stream, in Block block, long bytes)
    {
        lock (_lock)
        {
            if (!TryFindRecord(stream.Reference.Id.Value, out var number) || _extras.GetValueOrDefault(number)?.Stream != stream)
            {
                return false;
            }

            var record = _reader.At(number);
            record->Offset = block.Offset;
            record->Slab = block.Slab;
            record->Size = bytes;
            Change(record, RecordPhase.Live);

            // Not checked against the quota: as many bytes of chunks go.
            if (_holdings[number].Count > 0)
            {
                _owners[_holdings[number].Owner].Bytes += bytes;
            }

            foreach (var other in _extras.GetValueOrDefault(number)?.Others?.Keys ?? Enumerable.Empty<int>())
            {
                _owners[other].Bytes += bytes;
            }
        }

        return true;
    }
}
