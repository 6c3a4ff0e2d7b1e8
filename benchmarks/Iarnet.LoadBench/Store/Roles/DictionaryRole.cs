using System.Collections.Concurrent;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>What one would take for an object store within a process: a ConcurrentDictionary of arrays.</summary>
internal sealed class DictionaryRole : IRole
{
    private readonly ConcurrentDictionary<Guid, byte[]> _objects = [];
    private Guid[] _keys = [];
    private Guid[] _order = [];

    public Task<string> StartAsync() => Task.FromResult("");

    public Task<double> DoAsync(string verb, Words words) => Task.FromResult(verb switch
    {
        "put" => Put(words.Number(), words.Number(), words.Number()),
        "get" => Get(words.Number(), words.Number(), words.Number()),
        "bytes" => Bytes(words.Number(), words.Number()),
        _ => throw new ArgumentException($"'{verb}' is no command"),
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // New objects, copied in; what was there is removed first, and that is not timed.
    private double Put(int size, int count, int passes)
    {
        Prepare(count);
        var source = new byte[size];
        var lap = new Lap();
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in _keys)
            {
                _objects.TryRemove(key, out _);
            }

            lap.Start();
            foreach (var key in _keys)
            {
                var copy = GC.AllocateUninitializedArray<byte>(size);
                source.CopyTo(copy, 0);
                if (!_objects.TryAdd(key, copy))
                {
                    throw new InvalidOperationException("the key was there");
                }
            }

            lap.Stop();
        }

        return (double)count * passes / lap.Seconds;
    }

    private double Get(int size, int count, int passes)
    {
        if (_objects.Count != count)
        {
            Put(size, count, 1);
        }

        var lap = new Lap();
        var sum = 0;
        lap.Start();
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in _order)
            {
                if (!_objects.TryGetValue(key, out var found))
                {
                    throw new InvalidOperationException("an object is missing");
                }

                sum += found[0];
            }
        }

        lap.Stop();
        GC.KeepAlive(sum);
        return (double)count * passes / lap.Seconds;
    }

    // Growth of the process by an object, less its bytes. Into a new dictionary: the keys are not part of it.
    private static double Bytes(int size, int count)
    {
        var keys = Keys.Guids(count);
        var before = ProcessMemory.Resident();
        var objects = new ConcurrentDictionary<Guid, byte[]>();
        foreach (var key in keys)
        {
            var copy = new byte[size];
            copy.AsSpan().Fill(1);
            objects[key] = copy;
        }

        var grown = ProcessMemory.Resident() - before;
        GC.KeepAlive(keys);
        GC.KeepAlive(objects);
        return ((double)grown / count) - size;
    }

    private void Prepare(int count)
    {
        if (_keys.Length != count)
        {
            _objects.Clear();
            _keys = Keys.Guids(count);
            _order = Keys.Shuffled(_keys);
        }
    }
}
