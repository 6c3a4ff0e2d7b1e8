using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Iarnet.Store.Memory;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Disk;

internal static partial class DiskNative
{
    // Linux: open(2) for reading, close-on-exec; the same number on every architecture that .NET runs on.
    private const int ReadOnlyCloseOnExec = 0x80000;

    public static bool IsNoSpace(Exception error) => error is IOException
        && (OperatingSystem.IsLinux() ? error.HResult is Native.NoSpace or Native.QuotaExceeded : (error.HResult & 0xFFFF) is 0x70 or 0x27 or 28);

    /// <summary>The bytes and the length are on the disk; the times of the file need not be.</summary>
    public static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (SyncDataOf(file) != 0)
        {
            ThrowUnlessInterrupted("fdatasync");
        }
    }

    /// <summary>Files made in the folder or removed from it are so after a loss of power too.</summary>
    public static void SyncFolder(string path)
    {
        // Elsewhere the file system orders it, or there is no way to ask.
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var folder = Open(path, ReadOnlyCloseOnExec);
        if (folder < 0)
        {
            ThrowUnlessInterrupted("open");
            return;
        }

        try
        {
            if (Sync(folder) != 0)
            {
                ThrowUnlessInterrupted("fsync");
            }
        }
        finally
        {
            _ = Close(folder);
        }
    }

    private static void ThrowUnlessInterrupted(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != Native.Interrupted)
        {
            throw new IOException($"{call}: {new Win32Exception(error).Message} (error {error})", error);
        }
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncDataOf(SafeFileHandle file);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int file);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int file);
}
