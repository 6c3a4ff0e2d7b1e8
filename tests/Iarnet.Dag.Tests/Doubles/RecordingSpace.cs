using System.Collections.Concurrent;
using System.Threading.Channels;
using Iarnet.Objects;

namespace Iarnet.Dag.Tests;

/// <summary>An object space that puts everything in its store, and counts.</summary>
internal sealed class RecordingSpace : IObjectSpace
{
    private readonly ConcurrentDictionary<ObjectId, object> _objects = new();
    private readonly Channel<int> _changed = Channel.CreateUnbounded<int>();
    private int _encoded;
    private int _decoded;
    private int _releases;
    private int _twice;

    public int Encoded => Volatile.Read(ref _encoded);

    public int Decoded => Volatile.Read(ref _decoded);

    public int Releases => Volatile.Read(ref _releases);

    /// <summary>Releases of what was not there: none, when references are counted right.</summary>
    public int WrongReleases => Volatile.Read(ref _twice);

    public int Held => _objects.Count;

    public EncodedValue Store(object value)
    {
        var id = ObjectId.New();
        _objects[id] = value;
        return new EncodedValue(new ObjectRef(id, "test"), 100);
    }

    public T Read<T>(EncodedValue value) => (T)_objects[value.Reference.Id];

    public ValueTask<EncodedValue> EncodeAsync<T>(T value, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _encoded);
        return value is Unencodable
            ? throw new CodecException("an Unencodable has no encoded form")
            : new ValueTask<EncodedValue>(Store(value!));
    }

    public async ValueTask<T> DecodeAsync<T>(EncodedValue value, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _decoded);
        await Task.Yield();
        return _objects.TryGetValue(value.Reference.Id, out var found) ? (T)found : throw new ObjectNotFoundException("released");
    }

    public void Release(in ObjectRef reference)
    {
        if (!_objects.TryRemove(reference.Id, out _))
        {
            Interlocked.Increment(ref _twice);
        }

        Interlocked.Increment(ref _releases);
        _changed.Writer.TryWrite(1);
    }

    public async Task HeldBecomes(int count)
    {
        while (Held != count)
        {
            await _changed.Reader.ReadAsync().Within($"{count} objects to be held; there are {Held}");
        }
    }
}

internal sealed record Unencodable;
