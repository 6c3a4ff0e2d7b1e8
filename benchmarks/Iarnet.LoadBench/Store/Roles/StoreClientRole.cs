using System.Diagnostics;
using Iarnet.Objects;
using Iarnet.Store;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Puts into the store of another process, and gets from it.</summary>
/// <param name="address">Where the store listens.</param>
/// <param name="source">Its name.</param>
/// <param name="shared">Whether through shared memory.</param>
internal sealed class StoreClientRole(string address, string source, bool shared) : IRole
{
    private StoreClient? _client;
    private byte[] _bytes = [];
    private int _next;

    private StoreClient Client => _client ?? throw new InvalidOperationException("not started");

    public async Task<string> StartAsync()
    {
        _client = await StoreClient.ConnectAsync(address, new StoreClientOptions { Owner = $"bench-{Environment.ProcessId}", UseSharedMemory = shared });
        return _client.IsSameHost == shared ? "" : throw new InvalidOperationException("shared memory is not used as asked for");
    }

    public Task<double> DoAsync(string verb, Words words) => verb switch
    {
        "put" => PutAsync(words),
        "put-large" => PutLargeAsync(words.Number(), words.Number()),
        "get" => GetAsync(words),
        "view" => ViewAsync(words),
        "put-many" => PutManyAsync(words.Number(), words.Number(), words.Number()),
        "get-many" => GetManyAsync(References(words), words.Number(), words.Number()),
        "open" => OpenAsync(words),
        "open-once" => OpenAsync(References(words), words.Number()),
        "fetch" => FetchAsync(References(words), words.Number()),
        _ => throw new ArgumentException($"'{verb}' is no command"),
    };

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }
    }

    private Task<double> PutAsync(Words words)
    {
        var size = words.Number();
        return Slices.FastestAsync(words.Number(), count => PutAsync(size, count));
    }

    private Task<double> GetAsync(Words words)
    {
        var references = References(words);
        return Slices.FastestAsync(words.Number(), count => GetAsync(references, count));
    }

    private Task<double> ViewAsync(Words words)
    {
        var references = References(words);
        return Slices.FastestAsync(words.Number(), count => Task.FromResult(View(references, count)));
    }

    private Task<double> OpenAsync(Words words)
    {
        var references = References(words);
        return Slices.ShortestAsync(words.Number(), count => OpenAsync(references, count));
    }

    // One in flight.
    private async Task<double> PutAsync(int size, int count)
    {
        var bytes = Bytes(size);
        var made = new ObjectRef[count];
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            made[i] = await Client.PutAsync(bytes, "raw");
        }

        // A put may return before the store looked at it: it has when the last one can be got.
        (await Client.GetAsync(made[^1])).Dispose();
        lap.Stop();
        foreach (var reference in made)
        {
            Client.Release(reference);
        }

        return count / lap.Seconds;
    }

    private async Task<double> PutManyAsync(int size, int count, int batch)
    {
        var bytes = Enumerable.Repeat<ReadOnlyMemory<byte>>(Bytes(size), batch).ToArray();
        var made = new List<ObjectRef>(count + batch);
        var lap = new Lap();
        lap.Start();
        while (made.Count < count)
        {
            made.AddRange(await Client.PutManyAsync(bytes, "raw"));
        }

        (await Client.GetAsync(made[^1])).Dispose();
        lap.Stop();
        foreach (var reference in made)
        {
            Client.Release(reference);
        }

        return made.Count / lap.Seconds;
    }

    // Gigabytes a second, into memory that is used again.
    private async Task<double> PutLargeAsync(int size, int count)
    {
        var bytes = Bytes(size);
        var lap = new Lap();
        for (var i = 0; i < count; i++)
        {
            lap.Start();
            var made = await Client.PutAsync(bytes, "raw");
            lap.Stop();
            Client.Release(made);
        }

        return (double)size * count / lap.Seconds / 1e9;
    }

    private async Task<double> GetAsync(ObjectRef[] references, int count)
    {
        var sum = 0;
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            using var lease = await Client.GetAsync(Next(references));
            sum += lease.Span[0];
        }

        lap.Stop();
        GC.KeepAlive(sum);
        return count / lap.Seconds;
    }

    private double View(ObjectRef[] references, int count)
    {
        var sum = 0;
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            if (!Client.TryGet(Next(references), out var view))
            {
                throw new InvalidOperationException("an object cannot be read in place");
            }

            sum += view.Span[0];
            view.Dispose();
        }

        lap.Stop();
        GC.KeepAlive(sum);
        return count / lap.Seconds;
    }

    private async Task<double> GetManyAsync(ObjectRef[] references, int count, int batch)
    {
        var sum = 0;
        var lap = new Lap();
        lap.Start();
        for (var got = 0; got < count; got += batch)
        {
            var start = got % (references.Length - batch);
            using var leases = await Client.GetManyAsync(new ArraySegment<ObjectRef>(references, start, batch));
            foreach (var lease in leases)
            {
                sum += lease.Span[0];
            }
        }

        lap.Stop();
        GC.KeepAlive(sum);
        return count / lap.Seconds;
    }

    // Microseconds until the first and the last byte are read.
    private async Task<double> OpenAsync(ObjectRef[] references, int count)
    {
        var sum = 0;
        var trips = new Trips(count);
        for (var i = 0; i < count; i++)
        {
            var asked = Stopwatch.GetTimestamp();
            using var lease = await Client.GetAsync(Next(references));
            sum += lease.Span[0] + lease.Span[^1];
            trips.Add(asked);
        }

        GC.KeepAlive(sum);
        return trips.Median();
    }

    private async Task<double> FetchAsync(ObjectRef[] references, int count)
    {
        var bytes = 0L;
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            using var lease = await Client.GetAsync(Next(references));
            bytes += lease.Size;
        }

        lap.Stop();
        return bytes / lap.Seconds / 1e9;
    }

    /// <summary>What the store's process put as a series, in another order.</summary>
    private ObjectRef[] References(Words words)
    {
        var (series, count) = (words.Number(), words.Number());
        return Array.ConvertAll(Keys.Shuffled(Keys.Ids(count, series)), id => new ObjectRef(id, source));
    }

    private ref readonly ObjectRef Next(ObjectRef[] references) => ref references[_next++ % references.Length];

    private byte[] Bytes(int size) => _bytes = _bytes.Length == size ? _bytes : Buffers.Touched(size);
}
