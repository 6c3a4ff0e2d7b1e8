using System.Text;

namespace Iarnet.Hosting.Node;

/// <summary>
/// The folder that holds a node's sockets while it runs, and the one that holds its shared memory.
/// A lock file that the process keeps open says that the node lives: the kernel frees it however the process ends,
/// so whoever can take the lock may remove the folders.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string LockFile = "lock";

    /// <summary>The front of a folder whose lock is not taken yet.</summary>
    private const string Unready = ".";

    /// <summary>The longest path of a Unix socket, in bytes: 108 with the zero at its end on Linux and Windows, 104 elsewhere.</summary>
    private static readonly int LongestSocket = OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? 107 : 103;

    /// <summary>A folder without a held lock may belong to a node that is just starting, but not for so long.</summary>
    private static readonly TimeSpan Starting = TimeSpan.FromMinutes(1);

    private readonly NodeRoot _root;
    private readonly NodeRoot? _segmentRoot;
    private readonly FileStream _lock;
    private int _disposed;

    private RunFolder(NodeRoot root, NodeRoot? segmentRoot, string path, string? segments, FileStream @lock)
    {
        _root = root;
        _segmentRoot = segmentRoot;
        Path = path;
        Segments = segments;
        _lock = @lock;
    }

    /// <summary>Where sockets go.</summary>
    public string Path { get; }

    /// <summary>Where shared memory goes; null where the system has no memory file system.</summary>
    public string? Segments { get; }

    /// <summary>The socket of the bus.</summary>
    public string BusSocket => System.IO.Path.Combine(Path, "bus");

    /// <summary>The socket of the store.</summary>
    public string StoreSocket => System.IO.Path.Combine(Path, "store");

    /// <summary>Makes the folders of a node, and removes those that nodes left behind which were killed.</summary>
    /// <exception cref="IarnetException">A root is not this user's alone, is too long for a socket, or cannot be written.</exception>
    public static RunFolder Create(NodeId node, string? root, string? segmentRoot, TimeProvider time)
    {
        var sockets = NodeRoot.ForSockets(root);
        var memory = NodeRoot.ForSegments(segmentRoot);
        var path = System.IO.Path.Combine(sockets.Path, node.Value);
        RequireShort(System.IO.Path.Combine(path, "store"));
        FileStream? held = null;
        try
        {
            held = MakeLocked(sockets, node, path);
            var segments = memory?.Make(node.Value);
            Sweep(sockets.Path, memory?.Path, time);
            return new RunFolder(sockets, memory, path, segments, held);
        }
        catch
        {
            NodeRoot.Remove(path);
            held?.Dispose();
            sockets.RemoveIfEmpty();
            memory?.RemoveIfEmpty();
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // The lock goes last: until then nobody else may sweep what is being removed here.
        if (Segments is not null)
        {
            NodeRoot.Remove(Segments);
        }

        if (OperatingSystem.IsWindows())
        {
            // A file cannot be removed there while it is open.
            _lock.Dispose();
        }

        NodeRoot.Remove(Path);
        _lock.Dispose();
        _root.RemoveIfEmpty();
        _segmentRoot?.RemoveIfEmpty();
    }

    private static FileStream MakeLocked(NodeRoot root, NodeId node, string path)
    {
        // Windows moves no folder with an open file in it, and needs not: there a file is locked by the call that makes it.
        var name = OperatingSystem.IsWindows() ? node.Value : Unready + node.Value;
        var made = root.Make(name);
        var file = System.IO.Path.Combine(made, LockFile);
        FileStream? held = null;
        try
        {
            held = Lock(file, FileMode.CreateNew)
                ?? throw new IarnetException($"The lock file '{file}' cannot be made: is the disk full? Name another place by the option {nameof(IarnetNodeOptions.RunFolder)}.");
            if (made != path)
            {
                // Whoever sees the folder under its name sees it locked: between making and locking a file is a moment, and in it
                // another node that starts would take it for that of a dead one.
                Directory.Move(made, path);
            }

            return held;
        }
        catch
        {
            NodeRoot.Remove(made);
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Removes what nodes left behind that were killed.</summary>
    private static void Sweep(string root, string? segmentRoot, TimeProvider time)
    {
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            var name = System.IO.Path.GetFileName(folder);
            var unready = name.StartsWith(Unready, StringComparison.Ordinal);
            var node = unready ? name[Unready.Length..] : name;
            var file = System.IO.Path.Combine(folder, LockFile);
            var locked = File.Exists(file);
            if (!IsNode(node) || ((unready || !locked) && !IsOld(folder, time)))
            {
                continue;
            }

            using var free = locked ? Lock(file, FileMode.Open) : null;
            if (free is not null || !locked)
            {
                RemoveDead(folder, node, segmentRoot);
            }
        }
    }

    private static void RemoveDead(string folder, string node, string? segmentRoot)
    {
        if (segmentRoot is not null)
        {
            NodeRoot.Remove(System.IO.Path.Combine(segmentRoot, node));
        }

        NodeRoot.Remove(folder);
    }

    private static bool IsOld(string folder, TimeProvider time)
    {
        // Of a folder that has just got its name, or has gone, the system gives the year 1601: it is not old, and its segments are in use.
        var written = Directory.GetLastWriteTimeUtc(folder);
        return written > DateTime.UnixEpoch && time.GetUtcNow().UtcDateTime - written > Starting;
    }

    /// <summary>What is not named like a node is somebody else's.</summary>
    private static bool IsNode(string name) => name.Length == 16 && name.All(char.IsAsciiHexDigitLower);

    private static FileStream? Lock(string file, FileMode mode)
    {
        try
        {
            // FileShare.None is an exclusive flock on Unix and a share lock on Windows: both end with the process.
            return new FileStream(file, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void RequireShort(string socket)
    {
        var bytes = Encoding.UTF8.GetByteCount(socket);
        if (bytes > LongestSocket)
        {
            throw new IarnetException(
                $"The path '{socket}' has {bytes} bytes and that of a Unix socket may have {LongestSocket}. Name a shorter folder by the option {nameof(IarnetNodeOptions.RunFolder)}.");
        }
    }
}
