using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Iarnet.Providers;

/// <summary>What System.Diagnostics.Process does not offer: SIGTERM, and signals to a process group.</summary>
internal static partial class ProcessSignals
{
    public const int Terminate = 15;
    public const int Kill = 9;

    [UnsupportedOSPlatform("windows")]
    public static void Send(int processId, int signal) => _ = NativeKill(processId, signal);

    /// <summary>
    /// Harmless when the group is empty. While it has a member its number is given to no new process; right after the last one ended
    /// a reuse would need the system to go through all of its process ids first.
    /// </summary>
    [UnsupportedOSPlatform("windows")]
    public static void SendToGroup(int groupId, int signal) => _ = NativeKill(-groupId, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeKill(int processId, int signal);
}
