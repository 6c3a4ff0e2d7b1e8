namespace Iarnet.SystemTests.Harness;

/// <summary>Folders that one test's nodes use for everything they leave in the file system, and that must be empty after.</summary>
internal sealed class NodeFolders : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("iarnet-system-").FullName;
    private readonly string _segments = Path.Combine("/dev/shm", $"iarnet-system-{Path.GetRandomFileName()}");

    public string Run => Path.Combine(_root, "run");

    public void Apply(IDictionary<string, string?> environment)
    {
        environment["Iarnet__RunFolder"] = Run;
        environment["Iarnet__SegmentFolder"] = _segments;
        environment["Iarnet__CacheFolder"] = Path.Combine(_root, "cache");
    }

    /// <summary>Every worker has this in its environment: by it the processes of one test are told from all others.</summary>
    public IReadOnlyList<int> Workers() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && Environ(id).Contains($"IARNET_RUN_FOLDER={Run}", StringComparison.Ordinal)),
    ];

    public void AssertEmpty()
    {
        Assert.Empty(Left(Run));
        Assert.Empty(Left(_segments));
        Assert.Empty(Workers());
    }

    /// <summary>Waits until nothing is left: after a kill, workers need a moment to notice. The limit guards against those that never do.</summary>
    public async Task BecomesEmptyAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Workers().Count > 0 || Left(Run).Count > 0 || Left(_segments).Count > 0)
        {
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"after {Patience} there are still processes [{string.Join(' ', Workers())}] and files [{string.Join(' ', Left(Run).Concat(Left(_segments)))}]");
            }
        }
    }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        if (Directory.Exists(_segments))
        {
            Directory.Delete(_segments, recursive: true);
        }
    }

    private static IReadOnlyList<string> Left(string folder)
    {
        while (Directory.Exists(folder))
        {
            try
            {
                return [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)];
            }
            catch (DirectoryNotFoundException)
            {
                // A worker removed a folder between its name and its entries. Those of others may still be there.
            }
        }

        return [];
    }

    private static string Environ(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
