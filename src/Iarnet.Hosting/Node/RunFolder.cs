namespace Iarnet.Hosting.Node;

/// <summary>
/// The folder that holds a node's sockets while it runs, and the one that holds its shared memory.
/// A lock file that the process keeps open says that the node lives: the kernel frees it however the process ends,
/// so whoever can take the lock may remove the folders.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream _lock;

    private RunFolder(string path, string? segments, FileStream @lock)
    {
        Path = path;
        Segments = segments;
        _lock = @lock;
    }

    /// <summary>Where sockets go.</summary>
    public string Path { get; }

    /// <summary>Where shared memory goes; null where the system has no memory file system.</summary>
    public string? Segments { get; }

    public static RunFolder Create(NodeId node, string? root, string? segmentRoot)
    {
        root ??= DefaultRoot();
        segmentRoot ??= DefaultSegmentRoot();
        Sweep(root, segmentRoot);

        var path = MakePrivate(System.IO.Path.Combine(root, node.Value));
        var held = Lock(System.IO.Path.Combine(path, "lock"))
            ?? throw new IarnetException($"The run folder '{path}' is in use by another node of the same id.");
        return new RunFolder(path, segmentRoot is null ? null : MakePrivate(System.IO.Path.Combine(segmentRoot, node.Value)), held);
    }

    public void Dispose()
    {
        // The lock goes last: until then nobody else may sweep what is being removed here.
        if (Segments is not null)
        {
            Remove(Segments);
        }

        foreach (var file in Directory.EnumerateFiles(Path).Where(file => System.IO.Path.GetFileName(file) != "lock"))
        {
            File.Delete(file);
        }

        _lock.Dispose();
        Remove(Path);
    }

    /// <summary>Removes what nodes left behind that were killed.</summary>
    private static void Sweep(string root, string? segmentRoot)
    {
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            // A folder without a lock file is a node that is just starting: it makes the folder first.
            var file = System.IO.Path.Combine(folder, "lock");
            if (!File.Exists(file) || Lock(file) is not { } free)
            {
                continue;
            }

            using (free)
            {
                if (segmentRoot is not null)
                {
                    Remove(System.IO.Path.Combine(segmentRoot, System.IO.Path.GetFileName(folder)));
                }

                Remove(folder);
            }
        }
    }

    private static FileStream? Lock(string file)
    {
        try
        {
            // FileShare.None is an exclusive flock on Unix and a share lock on Windows: both end with the process.
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another node swept it at the same time.
        }
        catch (IOException)
        {
            // Windows keeps open files; the next node sweeps again.
        }
    }

    private static string MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return Directory.CreateDirectory(folder).FullName;
        }

        return Directory.CreateDirectory(folder, Private).FullName;
    }

    private static string DefaultRoot()
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var parent = !string.IsNullOrEmpty(runtime) && Directory.Exists(runtime)
            ? runtime
            : System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"iarnet-{Environment.UserName}");
        return System.IO.Path.Combine(parent, "iarnet");
    }

    private static string? DefaultSegmentRoot() =>
        OperatingSystem.IsLinux() && Directory.Exists("/dev/shm") ? $"/dev/shm/iarnet-{Environment.UserName}" : null;
}
