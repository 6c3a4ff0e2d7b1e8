using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Memory;

/// <summary>The one system call that .NET has no form of: space that is there for certain before it is mapped.</summary>
[SupportedOSPlatform("linux")]
internal static partial class Native
{
    public const int Interrupted = 4;
    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;

    /// <summary>Zero, or the error number.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Allocate(SafeFileHandle file, long offset, long length);
}
