using System.Collections.Concurrent;
using Iarnet.Objects;
using Iarnet.Store.Transfer;

namespace Iarnet.Store.Tests.Transfer;

/// <summary>Objects in arrays: the store's side of a transfer, without the store.</summary>
internal sealed class MemoryObjects : ITransferSource, ITransferTarget
{
    private readonly ConcurrentDictionary<ObjectRef, Stored> _objects = new();
    private int _copies;
    private int _opened;

    /// <summary>Called before a range is read, for holding a server up.</summary>
    public Func<long, CancellationToken, Task>? BeforeRange { get; set; }

    public long Limit { get; set; } = long.MaxValue;

    /// <summary>Copies that were begun and not disposed.</summary>
    public int Copies => Volatile.Read(ref _copies);

    /// <summary>Objects that were opened and not disposed.</summary>
    public int Opened => Volatile.Read(ref _opened);

    public int Begun { get; private set; }

    public int Sealed { get; private set; }

    public ObjectRef Put(byte[] bytes, string source, string codec = "raw", IReadOnlyDictionary<string, string>? metadata = null, ObjectId? id = null)
    {
        var reference = new ObjectRef(id ?? ObjectId.New(), source);
        _objects[reference] = new Stored(bytes, codec, metadata);
        return reference;
    }

    public bool Contains(ObjectRef reference) => _objects.ContainsKey(reference);

    public byte[] Bytes(ObjectRef reference) => _objects[reference].Bytes;

    public string Codec(ObjectRef reference) => _objects[reference].Codec;

    public IReadOnlyDictionary<string, string>? Metadata(ObjectRef reference) => _objects[reference].Metadata;

    public void Remove(ObjectRef reference) => _objects.TryRemove(reference, out _);

    public ValueTask<ITransferObject?> OpenAsync(ObjectRef reference, CancellationToken cancellationToken)
    {
        if (!_objects.TryGetValue(reference, out var stored))
        {
            return ValueTask.FromResult<ITransferObject?>(null);
        }

        Interlocked.Increment(ref _opened);
        return ValueTask.FromResult<ITransferObject?>(new Open(this, stored));
    }

    public ValueTask<ITransferCopy> BeginAsync(ObjectRef reference, string codec, IReadOnlyDictionary<string, string>? metadata, long size, CancellationToken cancellationToken)
    {
        if (size > Limit)
        {
            throw new StoreFullException($"The object {reference.Id} of {size} bytes finds no room: the limit is {Limit}.");
        }

        Begun++;
        Interlocked.Increment(ref _copies);
        return ValueTask.FromResult<ITransferCopy>(new Copy(this, reference, new Stored(GC.AllocateUninitializedArray<byte>((int)size), codec, metadata)));
    }

    private sealed record Stored(byte[] Bytes, string Codec, IReadOnlyDictionary<string, string>? Metadata);

    private sealed class Open(MemoryObjects objects, Stored stored) : ITransferObject
    {
        public long Size => stored.Bytes.Length;

        public string Codec => stored.Codec;

        public IReadOnlyDictionary<string, string>? Metadata => stored.Metadata;

        public async ValueTask<ReadOnlyMemory<byte>> RangeAsync(long offset, int length, CancellationToken cancellationToken)
        {
            if (objects.BeforeRange is { } before)
            {
                await before(offset, cancellationToken);
            }

            return stored.Bytes.AsMemory((int)offset, length);
        }

        public void Dispose() => Interlocked.Decrement(ref objects._opened);
    }

    private sealed class Copy(MemoryObjects objects, ObjectRef reference, Stored stored) : ITransferCopy
    {
        public Memory<byte> Range(long offset, int length) => stored.Bytes.AsMemory((int)offset, length);

        public void Seal()
        {
            objects._objects[reference] = stored;
            objects.Sealed++;
        }

        public void Dispose() => Interlocked.Decrement(ref objects._copies);
    }
}
