namespace Iarnet.Hosting.Tests.Harness;

/// <summary>A file system of its own, so small that it is soon full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk Mount(string path, string options)
    {
        Directory.CreateDirectory(path);
        Shell.Run("mount", "-t", "tmpfs", "-o", $"{options},mode=700", "tmpfs", path);
        return new SmallDisk(path);
    }

    public void Dispose() => Shell.Run("umount", "-l", Path);
}
