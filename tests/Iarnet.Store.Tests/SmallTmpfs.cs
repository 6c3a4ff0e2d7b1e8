using System.Diagnostics;

namespace Iarnet.Store.Tests;

/// <summary>A file system that is soon full.</summary>
internal sealed class SmallTmpfs : IDisposable
{
    public SmallTmpfs(string size)
    {
        Path = Directory.CreateTempSubdirectory("iarnet-tmpfs-").FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", Path);
    }

    public string Path { get; }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static void Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var text = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"'{string.Join(' ', command)}' failed: {text}This test needs the right to mount: run it as root.");
    }
}
