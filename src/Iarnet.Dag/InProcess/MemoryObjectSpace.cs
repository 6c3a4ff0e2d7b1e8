using System.Collections.Concurrent;
using Iarnet.Objects;

namespace Iarnet;

/// <summary>
/// An object space that keeps values as they are, in the memory of this process: for actors that share it. Thread-safe.
/// </summary>
public sealed class MemoryObjectSpace : IObjectSpace
{
    private const string Source = "memory";
    private readonly ConcurrentDictionary<ObjectId, object> _objects = new();

    /// <summary>How many objects are held.</summary>
    public int Count => _objects.Count;

    /// <inheritdoc/>
    public ValueTask<EncodedValue> EncodeAsync<T>(T value, CancellationToken cancellationToken = default)
    {
        var id = ObjectId.New();
        _objects[id] = new Box<T>(value);
        return new ValueTask<EncodedValue>(new EncodedValue(new ObjectRef(id, Source), 0));
    }

    /// <inheritdoc/>
    public ValueTask<T> DecodeAsync<T>(EncodedValue value, CancellationToken cancellationToken = default)
    {
        if (!value.IsReference || value.Reference.Source != Source)
        {
            throw new CodecException("The memory object space holds values of this process only; give the engine an object space with codecs to read encoded values.");
        }

        return _objects.TryGetValue(value.Reference.Id, out var found)
            ? new ValueTask<T>(found is Box<T> box ? box.Value : throw new CodecException($"Object {value.Reference} is a {found.GetType().GenericTypeArguments[0].Name}, not a {typeof(T).Name}."))
            : throw new ObjectNotFoundException($"Object {value.Reference} is not there: it was released.");
    }

    /// <inheritdoc/>
    public void Release(in ObjectRef reference) => _objects.TryRemove(reference.Id, out _);

    private sealed record Box<T>(T Value);
}
