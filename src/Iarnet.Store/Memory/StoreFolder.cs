using System.Runtime.Versioning;
using Iarnet.Store.Disk;

namespace Iarnet.Store.Memory;

/// <summary>
/// The folder through which processes of one host share a store's memory: what lies in it is in docs/protocol/store-link.md. The store holds its lock
/// for as long as it lives; whoever can take the lock may remove what lies there.
/// </summary>
internal sealed class StoreFolder
{
    public const string Probe = "probe";
    public const string Pool = "pool";
    public const string Index = "index";
    public const string Link = "link";
    public const string SessionPrefix = "session-";

    private const int Attempts = 10;

    // A client that removes what a killed store left holds the lock for a moment, and so does the system of a process that is being killed.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly string _path;
    private readonly FolderLock _lock;

    private StoreFolder(string path, FolderLock @lock)
    {
        _path = path;
        _lock = @lock;
    }

    /// <summary>Makes the folder and its probe, in place of what a store has left there that was killed.</summary>
    /// <exception cref="IarnetException">It cannot be made, or belongs to a store that lives.</exception>
    [SupportedOSPlatform("linux")]
    public static async ValueTask<StoreFolder> OpenAsync(string path, string probe, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Open(path, probe);
            }
            catch (IarnetException) when (attempt < Attempts)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes what a store left that was killed. Does nothing when it lives, or somebody else removes it; never throws.</summary>
    public static async Task RemoveOfDeadAsync(string path)
    {
        for (var attempt = 0; attempt < Attempts && File.Exists(Path.Combine(path, FolderLock.FileName)); attempt++)
        {
            if (FolderLock.TryTake(path) is { } taken)
            {
                new StoreFolder(path, taken).Close();
                return;
            }

            await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        }
    }

    /// <summary>Removes the files of the store, and the folder when nothing else lies in it.</summary>
    public void Close()
    {
        try
        {
            Empty(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The host removed the folder already, or something that is not ours has such a name.
        }

        try
        {
            // The lock goes last: whoever finds it free knows that something may be left.
            _lock.Remove();
            if (!Directory.EnumerateFileSystemEntries(_path).Any())
            {
                Directory.Delete(_path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // As above; or the folder is where it is mounted, or another store has begun in it.
        }
    }

    /// <summary>Whether a name that came over the wire can only mean a session's file directly in the folder.</summary>
    public static bool IsSessionName(string name) =>
        name.Length is > 8 and <= 32 && name.StartsWith(SessionPrefix, StringComparison.Ordinal) && name.AsSpan(SessionPrefix.Length).ContainsAnyExceptInRange('0', '9') is false;

    [SupportedOSPlatform("linux")]
    private static StoreFolder Open(string path, string probe)
    {
        FolderLock? taken = null;
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            taken = FolderLock.Take(path);
            Empty(path);

            // Not to be found half written.
            var unready = Path.Combine(path, SessionPrefix + Probe);
            File.WriteAllText(unready, probe);
            File.Move(unready, Path.Combine(path, Probe));
            var opened = new StoreFolder(path, taken);
            taken = null;
            return opened;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IarnetException($"The segment folder '{path}' cannot be made: {error.Message}", error);
        }
        finally
        {
            taken?.Dispose();
        }
    }

    private static void Empty(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path))
        {
            if (Path.GetFileName(file) is Probe or Pool or Index or Link || Path.GetFileName(file).StartsWith(SessionPrefix, StringComparison.Ordinal))
            {
                File.Delete(file);
            }
        }
    }
}
