using System.Diagnostics;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>
/// A test that makes a network of its own in the kernel, which needs root on Linux and may be forbidden all the same. Where only the
/// program <c>ip</c> is missing it is not skipped: it fails, and says what to install.
/// </summary>
internal sealed class NetworkNamespaceFactAttribute : FactAttribute
{
    private static readonly string? Reason = FindReason();

    public NetworkNamespaceFactAttribute() => Skip = Reason;

    private static string? FindReason()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "Needs root on Linux: it makes a network namespace.";
        }

        var name = $"iarnet-probe-{Environment.ProcessId}";
        var made = Run("netns", "add", name);
        var linked = made ?? Run("link", "add", Interface, "type", "veth", "peer", "name", Interface + "p");
        if (linked is null)
        {
            Run("link", "del", Interface);
        }

        if (made is null)
        {
            Run("netns", "del", name);
        }

        return linked is null ? null : $"This machine lets nobody make network namespaces ('ip netns add', 'ip link add ... type veth'): {linked}";
    }

    private static string Interface => $"irp{Environment.ProcessId}";

    private static string? Run(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
