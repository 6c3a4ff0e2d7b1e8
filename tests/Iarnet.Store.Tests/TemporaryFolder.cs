namespace Iarnet.Store.Tests;

/// <summary>A folder for segments: on shared memory, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = System.IO.Path.Combine("/dev/shm", $"iarnet-store-tests-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6))}");

    public string Path { get; }

    /// <summary>Names of what lies in it.</summary>
    public string[] Files => Directory.Exists(Path) ? [.. Directory.GetFileSystemEntries(Path).Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal)] : [];

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
