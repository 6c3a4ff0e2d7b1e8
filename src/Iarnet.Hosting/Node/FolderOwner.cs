using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Iarnet.Hosting.Node;

/// <summary>
/// Says whether a folder is this user's alone. Whoever may write into the folder that holds a node's sockets can put others in their
/// place, and what comes over them is run as code; under /tmp anybody may have made the folder first.
/// </summary>
internal static partial class FolderOwner
{
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint UserOnly = 0x8;
    private const uint Root = 0;

    /// <summary>Refuses a folder that another user owns or may write into.</summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="option">The option by which another one is named.</param>
    /// <exception cref="IarnetException">It is not this user's alone.</exception>
    public static void Require(string folder, string option)
    {
        if (Objection(folder) is { } objection)
        {
            throw new IarnetException(
                $"The folder '{folder}' {objection}: only a folder of this user that nobody else may write into is used. "
                + $"Change that, or name another one by the option {option}.");
        }
    }

    /// <summary>Whether a folder is there and passes.</summary>
    public static bool Passes(string folder) => Directory.Exists(folder) && Objection(folder) is null;

    private static string? Objection(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            // Temporary and runtime folders there lie in the user's profile, which is closed to others.
            return null;
        }

        if (!OperatingSystem.IsLinux())
        {
            return Mode(folder);
        }

        var me = EffectiveUser();
        var link = Owner(folder, NoFollow);
        var owner = Owner(folder, flags: 0);
        if (owner != me || (link != me && link != Root))
        {
            return string.Create(CultureInfo.InvariantCulture, $"belongs to user {(owner != me ? owner : link)} and this process runs as user {me}");
        }

        return Mode(folder);
    }

    private static string? Mode(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var mode = File.GetUnixFileMode(folder);
        return (mode & WritableByOthers) == UnixFileMode.None ? null : $"may be written by others (its mode is {Convert.ToString((int)mode, 8)})";
    }

    private static uint Owner(string path, int flags)
    {
        if (Stat(CurrentFolder, path, flags, UserOnly, out var found) != 0)
        {
            throw new IarnetException($"The owner of the folder '{path}' cannot be told: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }

        return found.User;
    }

    // statx and not stat: its structure is the same on every processor.
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Stat(int folder, string path, int flags, uint wanted, out Found found);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SupportedOSPlatform("linux")]
    public static partial uint EffectiveUser();

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Found
    {
        [FieldOffset(20)]
        public uint User;
    }
}
