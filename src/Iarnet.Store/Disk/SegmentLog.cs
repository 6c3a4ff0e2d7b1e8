using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Disk;

/// <summary>
/// Objects in append-only files of one folder: where a store spills to, and where it keeps what must live across restarts. Thread-safe.
/// </summary>
/// <remarks>
/// One thread writes (<c>.Writer</c>), one loop removes what is dead (<c>.Janitor</c>), anybody reads. The lock guards what is known
/// in memory and is never held over input or output.
/// </remarks>
internal sealed partial class SegmentLog : IAsyncDisposable
{
    private readonly SegmentLogOptions _options;
    private readonly ILogger _log;
    private readonly FolderLock _folder;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Segment> _segments = [];
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _tidied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _disposed;
    private ulong _nextSequence = 1;
    private int _lastNumber;
    private long _bytes;
    private long _liveBytes;
    private bool _closed;

    private SegmentLog(SegmentLogOptions options, FolderLock folder, ILogger log)
    {
        _options = options;
        _folder = folder;
        _log = log;
        if (options.Durable)
        {
            Recover();
        }
        else
        {
            RemoveFiles();
        }

        // Threads, because what they do is wait for the disk.
        new Thread(Write) { IsBackground = true, Name = "iarnet disk writer" }.Start();
        new Thread(Tidy) { IsBackground = true, Name = "iarnet disk janitor" }.Start();
    }

    /// <summary>What the folder had when it was opened, oldest first. Durable only.</summary>
    public IReadOnlyList<(DiskRecord Record, DiskLocation Location)> Recovered { get; private set; } = [];

    /// <summary>Of all segment files.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Of them, what belongs to objects that are not freed, headers and all.</summary>
    public long LiveBytes => Interlocked.Read(ref _liveBytes);

    public long Limit => _options.Limit;

    /// <summary>Opens the folder: recovers what it has (durable), or empties it.</summary>
    /// <exception cref="IarnetException">The folder cannot be made or belongs to another store.</exception>
    public static SegmentLog Open(SegmentLogOptions options, ILogger log)
    {
        options.Validated();
        FolderLock? folder = null;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(options.Folder);
            }
            else
            {
                Directory.CreateDirectory(options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            folder = FolderLock.Take(options.Folder);
            return new SegmentLog(options, folder, log);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            folder?.Dispose();
            throw new IarnetException($"The folder '{options.Folder}' cannot be opened for objects: {error.Message} Check its path, its rights and the disk.", error);
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes what was asked for before, then closes: durable, everything is on the disk; otherwise the files are removed.
    /// Reads that are under way end first by themselves; later ones are refused.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed ??= DisposeCoreAsync();
            return new ValueTask(_disposed);
        }
    }

    private async Task DisposeCoreAsync()
    {
        // Not inside the lock.
        await Task.Yield();
        lock (_lock)
        {
            _closed = true;
        }

        _wake.Set();
        _tidy.Set();
        await _written.Task.ConfigureAwait(false);
        await _tidied.Task.ConfigureAwait(false);
        lock (_lock)
        {
            foreach (var segment in _segments.Values.Where(s => !s.Gone))
            {
                segment.Gone = true;
                CloseIfUnused(segment);
            }
        }

        if (_options.Durable)
        {
            _folder.Dispose();
        }
        else
        {
            RemoveFiles();
            RemoveFolder();
        }

        _wake.Dispose();
        _tidy.Dispose();
    }

    private void RemoveFiles()
    {
        foreach (var path in Directory.EnumerateFiles(_options.Folder, "*" + SegmentName.Ending))
        {
            if (SegmentName.TryParse(Path.GetFileName(path.AsSpan()), out _, out _))
            {
                TryDelete(path);
            }
        }
    }

    private void RemoveFolder()
    {
        try
        {
            _folder.Remove();
            if (!Directory.EnumerateFileSystemEntries(_options.Folder).Any())
            {
                Directory.Delete(_options.Folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _folder.Dispose();
            Logged.FolderNotRemoved(_log, error, _options.Folder);
        }
    }

    private bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Logged.SegmentNotDeleted(_log, error, path);
            return false;
        }
    }

    private Segment CreateSegment()
    {
        int number;
        lock (_lock)
        {
            number = ++_lastNumber;
        }

        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        var salt = BitConverter.ToUInt64(random);
        var path = Path.Combine(_options.Folder, SegmentName.Of(number, salt));
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            if (_options.Durable)
            {
                DiskNative.SyncFolder(_options.Folder);
            }
        }
        catch
        {
            if (file is not null)
            {
                file.Dispose();
                TryDelete(path);
            }

            throw;
        }

        var segment = new Segment(number, salt, path, file);
        lock (_lock)
        {
            _segments.Add(number, segment);
        }

        return segment;
    }

    // Under the lock.
    private static void CloseIfUnused(Segment segment)
    {
        if (segment is { Gone: true, Users: 0 })
        {
            segment.File.Dispose();
        }
    }
}
