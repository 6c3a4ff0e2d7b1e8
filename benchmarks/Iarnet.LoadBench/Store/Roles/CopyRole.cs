namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Copies within a process, into memory that was written before.</summary>
internal sealed class CopyRole : IRole
{
    private byte[] _from = [];
    private byte[] _to = [];

    public Task<string> StartAsync() => Task.FromResult("");

    public Task<double> DoAsync(string verb, Words words) => Task.FromResult(verb == "copy"
        ? Copy(words.Number(), words.Number())
        : throw new ArgumentException($"'{verb}' is no command"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private double Copy(int size, int count)
    {
        if (_from.Length != size)
        {
            (_from, _to) = (Buffers.Touched(size), Buffers.Touched(size));
        }

        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            _from.AsSpan().CopyTo(_to);
        }

        lap.Stop();
        return (double)size * count / lap.Seconds / 1e9;
    }
}
