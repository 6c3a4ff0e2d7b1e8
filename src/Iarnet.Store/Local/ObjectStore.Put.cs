using System.Buffers;
using Iarnet.Objects;
using Iarnet.Store.Memory;

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
        PutAsync(new ReadOnlySequence<byte>(bytes), codec, owner, id, cancellationToken);

    /// <inheritdoc cref="PutAsync(ReadOnlyMemory{byte}, string, string, ObjectId?, CancellationToken)"/>
    public async ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, string codec, string owner, ObjectId? id = null, CancellationToken cancellationToken = default)
    {
        StoreNames.CheckCodec(codec);
        CheckSize(bytes.Length);
        var size = (int)bytes.Length;
        var name = id ?? ObjectId.New();
        var holder = Enter(owner, isRemote: false);
        Block? block = null;
        try
        {
            if (id is not null && TryAddReference(name, holder))
            {
                return new ObjectRef(name, Source);
            }

            block = await Allocator.AllocateAsync(size, cancellationToken).ConfigureAwait(false);
            bytes.CopyTo(block.Span(size).Span);
            Insert(new StoredObject(name, codec, block, size), holder);
            block = null;
            return new ObjectRef(name, Source);
        }
        finally
        {
            if (block is not null)
            {
                Allocator.Free(block);
            }

            Leave(holder);
        }
    }

    /// <summary>Puts what a stream gives until its end; nothing is put when reading fails.</summary>
    /// <param name="stream">Read from its position to its end; not disposed.</param>
    /// <param name="codec">The name of the codec that made the bytes.</param>
    /// <param name="owner">Who gets the reference; null for the store's own owner.</param>
    /// <param name="id">Its id when the caller makes it.</param>
    /// <param name="cancellationToken">Ends reading and the wait for room; nothing is put then.</param>
    /// <exception cref="StoreFullException">No room came up within <see cref="ObjectStoreOptions.FullWait"/>.</exception>
    /// <exception cref="MessageTooLargeException">The stream is longer than <see cref="MaxObjectBytes"/>.</exception>
    public async ValueTask<ObjectRef> PutAsync(Stream stream, string codec, string? owner = null, ObjectId? id = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var hint = stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) : StreamChunk;
        using var unfinished = await BeginAsync(owner ?? _options.Owner, id, codec, hint, WriterKind.Local, cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(StreamChunk);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await unfinished.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Seal(unfinished, unfinished.Written, out _);
    }

    private bool TryAddReference(ObjectId id, Owner owner)
    {
        lock (_lock)
        {
            if (owner.IsReleased || !_objects.TryGetValue(id, out var found))
            {
                return false;
            }

            found.Add(owner);
            return true;
        }
    }

    // The block belongs to the store from here on, unless this throws; true when the object is new.
    private bool Insert(StoredObject made, Owner owner)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (owner.IsReleased)
            {
                throw new OwnerReleasedException(owner.Name);
            }

            if (_objects.TryAdd(made.Id, made))
            {
                made.Add(owner);
                _metrics.Put(made.Size);
                return true;
            }

            // Somebody put the same id meanwhile: the first one stays.
            _objects[made.Id].Add(owner);
        }

        Allocator.Free(made.Block);
        return false;
    }
}
