using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Sees to it that a benchmark of the disk is one.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Waits until the bytes of a file are on the disk.</summary>
    public static void Flush(SafeFileHandle file) => Check(FileDataSync(file), "fdatasync");

    /// <summary>Writes out what the files of a folder hold in memory and forgets it: the next read is one of the disk.</summary>
    public static void Drop(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path, access: FileAccess.ReadWrite, share: FileShare.ReadWrite | FileShare.Delete);
            Flush(file);
            Check(FileAdvise(file, 0, 0, DontNeed), "posix_fadvise");
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
