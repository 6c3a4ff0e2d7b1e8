using System.Buffers;
using Iarnet.Objects;
using Iarnet.Store.Index;

namespace Iarnet.Store;

public sealed partial class ObjectStore
{
    private const int StreamChunk = 256 * 1024;

    /// <inheritdoc/>
    public ValueTask<ObjectRef> PutAsync(ReadOnlyMemory<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        PutAsync(bytes, codec, _options.Owner, id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        PutAsync(bytes, codec, _options.Owner, id, cancellationToken);

    /// <summary>Puts an object for an owner; as <see cref="IObjectWriter.PutAsync(ReadOnlyMemory{byte}, string, ObjectId?, CancellationToken)"/>.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="codec">The name of the codec that made the bytes, 1 to 64 characters.</param>
    /// <param name="owner">Who gets the reference: a component's id, a session, any name of 1 to 128 characters.</param>
    /// <param name="id">Its id when the caller makes it.</param>
    /// <param name="cancellationToken">Ends the wait for room; nothing is put then.</param>
    public ValueTask<ObjectRef> PutAsync(ReadOnlyMemory<byte> bytes, string codec, string owner, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        id is null && !cancellationToken.IsCancellationRequested && TryPut(bytes.Span, codec, out var reference, owner)
            ? new ValueTask<ObjectRef>(reference)
            : PutAsync(new ReadOnlySequence<byte>(bytes), new PutOptions { Codec = codec, Owner = owner, Id = id }, cancellationToken);

    /// <inheritdoc cref="PutAsync(ReadOnlyMemory{byte}, string, string, ObjectId?, CancellationToken)"/>
    public ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, string codec, string owner, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        PutAsync(bytes, new PutOptions { Codec = codec, Owner = owner, Id = id }, cancellationToken);

    /// <inheritdoc cref="PutAsync(ReadOnlySequence{byte}, PutOptions, CancellationToken)"/>
    public ValueTask<ObjectRef> PutAsync(ReadOnlyMemory<byte> bytes, PutOptions options, CancellationToken cancellationToken = default) =>
        PutAsync(new ReadOnlySequence<byte>(bytes), options, cancellationToken);

    /// <summary>Puts an object; the bytes are copied before the task completes.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the wait for room; nothing is put then.</param>
    /// <exception cref="StoreFullException">No room came up within <see cref="ObjectStoreOptions.FullWait"/>, or the owner's quota is used up.</exception>
    /// <exception cref="MessageTooLargeException">The object is larger than <see cref="MaxObjectBytes"/>.</exception>
    public async ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, PutOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var unfinished = await BeginAsync(options, bytes.Length, WriterKind.Local, cancellationToken).ConfigureAwait(false);
        if (unfinished.Existing is { } existing)
        {
            return existing;
        }

        foreach (var part in bytes)
        {
            await unfinished.WriteAsync(part, cancellationToken).ConfigureAwait(false);
        }

        return (await SealAsync(unfinished, bytes.Length, cancellationToken).ConfigureAwait(false)).Reference;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ObjectRef>> PutManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> objects, string codec, CancellationToken cancellationToken = default) =>
        PutManyAsync(objects, codec, _options.Owner, cancellationToken);

    internal async ValueTask<IReadOnlyList<ObjectRef>> PutManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> objects, string codec, string owner, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(objects);
        var references = new ObjectRef[objects.Count];
        for (var i = 0; i < references.Length; i++)
        {
            references[i] = await PutAsync(objects[i], codec, owner, null, cancellationToken).ConfigureAwait(false);
        }

        return references;
    }

    /// <summary>Puts what a stream gives until its end; nothing is put when reading fails.</summary>
    /// <param name="stream">Read from its position to its end; not disposed.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends reading and the wait for room; nothing is put then.</param>
    /// <exception cref="StoreFullException">No room came up within <see cref="ObjectStoreOptions.FullWait"/>, or the owner's quota is used up.</exception>
    /// <exception cref="MessageTooLargeException">The stream is longer than <see cref="MaxObjectBytes"/>.</exception>
    public async ValueTask<ObjectRef> PutAsync(Stream stream, PutOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var hint = stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) : Math.Min(StreamChunk, MaxObjectBytes);
        using var writer = await CreateAsync(options, hint, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            if (writer.Written == hint)
            {
                // Nearly always the end: more room only for more bytes.
                var next = new byte[1];
                if (await stream.ReadAsync(next, cancellationToken).ConfigureAwait(false) == 0)
                {
                    return await writer.SealAsync(cancellationToken).ConfigureAwait(false);
                }

                await writer.WriteAsync(next, cancellationToken).ConfigureAwait(false);
            }

            // Straight into the object: no buffer in between.
            var room = await writer.ReserveAsync(StreamChunk, cancellationToken).ConfigureAwait(false);
            var count = await stream.ReadAsync(room, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return await writer.SealAsync(cancellationToken).ConfigureAwait(false);
            }

            writer.Advance(count);
        }
    }

    /// <inheritdoc cref="PutAsync(Stream, PutOptions, CancellationToken)"/>
    /// <param name="stream">Read from its position to its end; not disposed.</param>
    /// <param name="codec">The name of the codec that made the bytes.</param>
    /// <param name="owner">Who gets the reference; null for the store's own owner.</param>
    /// <param name="id">Its id when the caller makes it.</param>
    /// <param name="cancellationToken">Ends reading and the wait for room; nothing is put then.</param>
    public ValueTask<ObjectRef> PutAsync(Stream stream, string codec, string? owner = null, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        PutAsync(stream, new PutOptions { Codec = codec, Owner = owner, Id = id }, cancellationToken);

    /// <summary>Puts a small or large object if there is room for it now: the fastest way, without waiting and without allocating.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="codec">The name of the codec that made the bytes, 1 to 64 characters.</param>
    /// <param name="reference">Where it lies, when this returns true.</param>
    /// <param name="owner">Who gets the reference; null for the store's own owner.</param>
    /// <returns>False when there is no room at this moment, or others wait for it.</returns>
    /// <exception cref="MessageTooLargeException">The object is larger than <see cref="MaxObjectBytes"/>.</exception>
    /// <exception cref="StoreFullException">The owner's quota is used up, or the store counts as many objects as it may.</exception>
    public bool TryPut(ReadOnlySpan<byte> bytes, string codec, out ObjectRef reference, string? owner = null)
    {
        StoreNames.CheckCodec(codec);
        owner ??= _options.Owner;
        StoreNames.CheckOwner(owner);
        CheckSize(bytes.Length);
        ObjectDisposedException.ThrowIf(_closed, this);
        if (!_room.TryAllocate(bytes.Length, out var block))
        {
            reference = default;
            return false;
        }

        var kept = false;
        try
        {
            bytes.CopyTo(_pool.Span(block.Offset, bytes.Length));
            var id = ObjectId.New();
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                var holder = _owners.Intern(owner, isRemote: false);
                try
                {
                    CheckQuota(holder, bytes.Length);
                    Insert(id.Value, block, bytes.Length, CodecNumber(codec), holder, RecordTraits.None);
                }
                finally
                {
                    _owners.DropIfEmpty(holder);
                }
            }

            kept = true;
            _metrics.Put(bytes.Length);
            Arrived(id.Value);
            RelieveEarly();
            reference = new ObjectRef(id, Source);
            return true;
        }
        finally
        {
            if (!kept)
            {
                Free(new Freed(block, bytes.Length));
            }
        }
    }

    private byte CodecNumber(string codec) => _index.TryGetCodec(codec, out var number)
        ? number
        : throw new StoreFullException($"The store knows {IndexLayout.MaxCodecs} names of codecs and '{codec}' is one more: use fewer names, and metadata for the rest.");

    private void CheckQuota(Owner owner, long bytes)
    {
        if (_options.OwnerQuota is { } quota && owner.Bytes + bytes > quota(owner.Name))
        {
            throw new QuotaExceededException($"The owner '{owner.Name}' has {owner.Bytes} bytes in the store and {bytes} more are over its quota of {quota(owner.Name)}: release objects first.");
        }
    }
}
