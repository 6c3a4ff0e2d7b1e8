namespace Iarnet.Store.Tests;

/// <summary>A folder for segments: on shared memory, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = System.IO.Path.Combine("/dev/shm", $"iarnet-store-tests-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6))}");

    public string Path { get; }

    public string[] Segments => Directory.Exists(Path) ? Directory.GetFiles(Path, "*.seg") : [];

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
