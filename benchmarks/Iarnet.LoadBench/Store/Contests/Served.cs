using Iarnet.LoadBench.Store.Roles;

namespace Iarnet.LoadBench.Store.Contests;

/// <summary>A store in a process of its own, and its clients.</summary>
internal sealed class Served
{
    private readonly Arena _arena;
    private readonly ActorProcess _host;
    private readonly Dictionary<string, Task> _filled = [];

    private Served(Arena arena, string address, string segments)
    {
        _arena = arena;
        _host = arena.Actor(Cast.StoreHost, address, segments);
    }

    public static Served OnThisHost(Arena arena) => new(arena, $"unix://{arena.NewPath("store")}", arena.NewSegmentFolder());

    public static Served OverTcp(Arena arena) => new(arena, "http://127.0.0.1:0", "-");

    public ActorProcess Client(bool shared) =>
        _arena.Actor(Cast.StoreClient, async () => [.. (await _host.ReadyAsync()).Split(' '), shared ? "shared" : "chunks"]);

    /// <summary>Objects that are there before anything is timed, put once.</summary>
    public Task FillAsync(string series, string size, string count)
    {
        if (!_filled.TryGetValue(series, out var filling))
        {
            _filled.Add(series, filling = _host.AskAsync("fill", series, size, count));
        }

        return filling;
    }
}
