namespace Iarnet.Hosting.Tests.Harness;

/// <summary>Folders that one test's nodes use for everything they leave in the file system, and that must be empty after.</summary>
internal sealed class NodeFolders : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("iarnet-h-").FullName;

    public NodeFolders()
    {
        Run = Path.Combine(_root, "run");
        Segments = $"/dev/shm/{Path.GetFileName(_root)}";
        Cache = Path.Combine(_root, "cache");
    }

    public string Run { get; set; }

    public string Segments { get; set; }

    public string Cache { get; set; }

    /// <summary>A place for files of the test itself.</summary>
    public string Named(string name) => Path.Combine(_root, name);

    public void Apply(IarnetNodeOptions options)
    {
        options.RunFolder = Run;
        options.SegmentFolder = Segments;
        options.CacheFolder = Cache;
        options.PythonInterpreter = "/usr/bin/python3";
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
        Assert.Empty(Left(Segments));
        Assert.Empty(Workers());
    }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        if (Directory.Exists(Segments))
        {
            Directory.Delete(Segments, recursive: true);
        }
    }

    private static IReadOnlyList<string> Left(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)] : [];

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
