namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Plain files, one an object, written and read from one end to the other: the rate of the disk.</summary>
internal sealed class DiskRole(string folder) : IRole
{
    private const int Chunk = 4 << 20;
    private byte[] _bytes = [];

    public Task<string> StartAsync()
    {
        Directory.CreateDirectory(folder);
        return Task.FromResult(folder);
    }

    public Task<double> DoAsync(string verb, Words words) => Task.FromResult(verb switch
    {
        "write" => Write(words.Number(), words.Number()),
        "read" => Read(words.Number(), words.Number()),
        _ => throw new ArgumentException($"'{verb}' is no command"),
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private double Write(int size, int count)
    {
        _bytes = _bytes.Length == size ? _bytes : Buffers.Touched(size);
        for (var i = 0; i < count; i++)
        {
            File.Delete(Name(i));
        }

        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            using var file = File.OpenHandle(Name(i), FileMode.CreateNew, FileAccess.Write, preallocationSize: size);
            for (var have = 0; have < size; have += Chunk)
            {
                RandomAccess.Write(file, _bytes.AsSpan(have, Math.Min(Chunk, size - have)), have);
            }

            PageCache.Flush(file);
        }

        lap.Stop();
        return (double)size * count / lap.Seconds / 1e9;
    }

    private double Read(int size, int count)
    {
        if (!File.Exists(Name(count - 1)))
        {
            Write(size, count);
        }

        _bytes = _bytes.Length == size ? _bytes : Buffers.Touched(size);
        PageCache.Drop(folder);
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            using var file = File.OpenHandle(Name(i), options: FileOptions.SequentialScan);
            for (var have = 0; have < size;)
            {
                var read = RandomAccess.Read(file, _bytes.AsSpan(have, Math.Min(Chunk, size - have)), have);
                have += read > 0 ? read : throw new EndOfStreamException($"{Name(i)} ends at {have}");
            }
        }

        lap.Stop();
        return (double)size * count / lap.Seconds / 1e9;
    }

    private string Name(int number) => Path.Combine(folder, $"plain{number}");
}
