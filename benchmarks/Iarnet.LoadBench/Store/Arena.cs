using System.Globalization;
using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Store;

/// <summary>What the contests of one group share: processes in roles, a folder on disk and one in shared memory. All of it ends with the group.</summary>
internal sealed class Arena(RunOptions options) : IAsyncDisposable
{
    private const string SharedMemory = "/dev/shm";
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(10);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iarnet-bench-");
    private readonly string _segments = Path.Combine(
        Directory.Exists(SharedMemory) ? SharedMemory : Path.GetTempPath(), $"iarnet-bench-{Environment.ProcessId}-{Guid.NewGuid():N}"[..40]);
    private readonly List<ActorProcess> _actors = [];
    private readonly List<IAsyncDisposable> _others = [];
    private int _number;

    public bool IsShort => options.Short;

    /// <summary>A path for a file or socket of this group; short enough for a Unix socket.</summary>
    public string NewPath(string name) => Path.Combine(_folder.FullName, $"{name}{++_number}");

    /// <summary>A folder in memory, which is not there yet.</summary>
    public string NewSegmentFolder()
    {
        Directory.CreateDirectory(_segments);
        return Path.Combine(_segments, $"{++_number}");
    }

    /// <summary>A number of operations: fewer in a run that only shows that it works.</summary>
    public string Count(int whole, int brief) => (IsShort ? brief : whole).ToString(CultureInfo.InvariantCulture);

    /// <summary>A process in a role, which starts when it is first needed.</summary>
    public ActorProcess Actor(string role, params string[] arguments) => Actor(role, () => Task.FromResult(arguments));

    public ActorProcess Actor(string role, Func<Task<string[]>> arguments)
    {
        var actor = new ActorProcess(role, arguments);
        _actors.Add(actor);
        return actor;
    }

    /// <summary>Ends it with the group.</summary>
    public T Keep<T>(T resource)
        where T : IAsyncDisposable
    {
        _others.Add(resource);
        return resource;
    }

    public async ValueTask DisposeAsync()
    {
        // Clients before what they are connected to.
        foreach (var actor in _actors.AsEnumerable().Reverse())
        {
            await actor.EndAsync(TimeToEnd);
        }

        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }

        _folder.Delete(recursive: true);
        if (Directory.Exists(_segments))
        {
            Directory.Delete(_segments, recursive: true);
        }
    }
}
