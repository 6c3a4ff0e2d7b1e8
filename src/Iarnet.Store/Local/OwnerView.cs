using System.Buffers;
using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>A store of this process as one owner sees it.</summary>
internal sealed class OwnerView : IObjectStore
{
    private readonly ObjectStore _store;
    private readonly string _owner;

    public OwnerView(ObjectStore store, string owner)
    {
        StoreNames.CheckOwner(owner);
        _store = store;
        _owner = owner;
    }

    public string Source => _store.Source;

    public ValueTask<ObjectLease> GetAsync(ObjectRef reference, CancellationToken cancellationToken = default) => _store.GetAsync(reference, cancellationToken);

    public ValueTask<ObjectLease> GetAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken = default) => _store.GetAsync(reference, wait, cancellationToken);

    public ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, PutOptions options, CancellationToken cancellationToken = default) =>
        _store.PutAsync(bytes, options with { Owner = _owner }, cancellationToken);

    public ValueTask<IReadOnlyList<ObjectRef>> PutManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> objects, string codec, CancellationToken cancellationToken = default) =>
        _store.PutManyAsync(objects, codec, _owner, cancellationToken);

    public ValueTask<ObjectRef> PutAsync(ReadOnlyMemory<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        _store.PutAsync(bytes, codec, _owner, id, cancellationToken);

    public ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        _store.PutAsync(bytes, codec, _owner, id, cancellationToken);

    public void Release(in ObjectRef reference) => _store.Release(reference, _owner);
}
