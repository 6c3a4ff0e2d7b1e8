using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Sees to it that a benchmark of the disk is one.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Waits until the bytes of a file are on the disk.</summary>
    public static void Flush(SafeFileHandle file) => Check(FileDataSync(file), "fdatasync");

    /// <summary>Waits until the bytes of the files of a folder are on the disk.</summary>
    public static void Flush(string folder) => ForEach(folder, static _ => { });

    /// <summary>The same, and forgets what memory holds of them: the next read is one of the disk.</summary>
    public static void Drop(string folder) => ForEach(folder, static file => Check(FileAdvise(file, 0, 0, DontNeed), "posix_fadvise"));

    private static void ForEach(string folder, Action<SafeFileHandle> then)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(path) == "lock")
            {
                // Another process' to keep.
                continue;
            }

            try
            {
                using var file = File.OpenHandle(path, access: FileAccess.Read, share: FileShare.ReadWrite | FileShare.Delete);
                Flush(file);
                then(file);
            }
            catch (FileNotFoundException)
            {
                // Whose folder it is removed the file meanwhile.
            }
        }
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new IOException($"{call} failed: {result}, {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FileDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int FileAdvise(SafeFileHandle file, long offset, long length, int advice);
}
