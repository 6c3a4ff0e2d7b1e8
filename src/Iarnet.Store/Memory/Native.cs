using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Memory;

/// <summary>The system calls that .NET has no form of: memory at an address, and space that is there for certain before it is touched.</summary>
internal static unsafe partial class Native
{
    public const int Interrupted = 4;
    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;
    public const int ProtectRead = 1;
    public const int ProtectReadWrite = 3;
    public const int MapShared = 1;
    public const int MapPrivate = 2;

    // linux/falloc.h: FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
    public const int PunchHole = 3;

    /// <summary>Private memory that no file stands behind, of which only touched pages count.</summary>
    public static int MapAnonymousUnreserved => OperatingSystem.IsLinux() ? 0x20 | 0x4000 : 0x1000 | 0x40;

    /// <summary>MADV_DONTNEED on Linux, where it drops pages at once; MADV_FREE elsewhere.</summary>
    public static int AdviceDrop => OperatingSystem.IsLinux() ? 4 : 5;

    public static readonly void* MapFailed = (void*)-1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Advise(void* address, nuint length, int advice);

    /// <summary>Zero, or the error number.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Allocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("kernel32", EntryPoint = "VirtualAlloc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    public static partial void* VirtualAllocate(void* address, nuint length, uint type, uint protection);

    [LibraryImport("kernel32", EntryPoint = "VirtualFree", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool VirtualRelease(void* address, nuint length, uint type);
}
