using System.Security.Cryptography;

namespace Iarnet.Store.Disk;

/// <summary>One log a folder: a file that is held open and locked. The system lets go of it when the process dies, however it does.</summary>
internal sealed class FolderLock : IDisposable
{
    public const string FileName = "lock";

    private readonly FileStream _file;
    private readonly string _path;

    private FolderLock(FileStream file, string path)
    {
        _file = file;
        _path = path;
    }

    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        for (var attempt = 0; ; attempt++)
        {
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new IarnetException(
                    $"The folder '{folder}' is in use by another store, or cannot be written: {error.Message} Give each store a folder of its own.", error);
            }

            if (IsTheOneWithTheName(file, path))
            {
                return new FolderLock(file, path);
            }

            file.Dispose();
            if (attempt == 10)
            {
                throw new IarnetException($"The lock '{path}' is replaced again and again: the folder is in use by another store. Give each store a folder of its own.");
            }
        }
    }

    /// <summary>The lock of a folder that somebody left; null when there is none, or somebody holds it.</summary>
    public static FolderLock? TryTake(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (IsTheOneWithTheName(file, path))
            {
                return new FolderLock(file, path);
            }

            file.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Held, or gone meanwhile.
        }

        return null;
    }

    /// <summary>Ends it and removes its file.</summary>
    public void Remove()
    {
        try
        {
            File.Delete(_path);
        }
        finally
        {
            _file.Dispose();
        }
    }

    public void Dispose() => _file.Dispose();

    // Its holder may have removed the file between our opening and locking it: then the lock is on a file that nobody else will find.
    private static bool IsTheOneWithTheName(FileStream file, string path)
    {
        // Told apart by length, which can be asked for by name without opening (that would need the lock) and takes no space (the disk may be full).
        var mark = RandomNumberGenerator.GetInt32(1, 1 << 20);
        file.SetLength(mark);
        return new FileInfo(path) is { Exists: true } named && named.Length == mark;
    }
}
