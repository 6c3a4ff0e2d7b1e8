using Iarnet.Objects;
using Iarnet.Store.Disk;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Store.Tests.Disk;

/// <summary>A folder on the disk for a log, gone afterwards.</summary>
internal sealed class LogFolder : IDisposable
{
    public LogFolder(string? within = null) => Path = System.IO.Path.Combine(
        within ?? System.IO.Path.GetTempPath(), $"iarnet-disk-tests-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6))}");

    public string Path { get; }

    public string[] Segments => Directory.Exists(Path) ? [.. Directory.GetFiles(Path, "*" + SegmentName.Ending).Order(StringComparer.Ordinal)] : [];

    public long BytesOfFiles => Segments.Sum(s => new FileInfo(s).Length);

    public SegmentLog Open(bool durable = false, long limit = long.MaxValue, long segmentBytes = 1 << 20) =>
        SegmentLog.Open(new SegmentLogOptions { Folder = Path, Durable = durable, Limit = limit, SegmentBytes = segmentBytes }, NullLogger.Instance);

    public LogFolder Copy()
    {
        var copy = new LogFolder();
        Directory.CreateDirectory(copy.Path);
        foreach (var file in Segments)
        {
            File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        }

        return copy;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

internal static class LogCalls
{
    public static DiskRecord Record(string codec = "raw") => new(ObjectId.New(), codec, "owner");

    public static async Task<DiskLocation> Append(this SegmentLog log, byte[] bytes, DiskRecord? record = null, CancellationToken cancellationToken = default)
    {
        var placed = new DiskLocation[1];
        await log.AppendAsync(new[] { new DiskWrite(record ?? Record(), bytes) }, placed, cancellationToken);
        return placed[0];
    }

    public static async Task<byte[]> Read(this SegmentLog log, DiskLocation location)
    {
        var bytes = new byte[location.Size];
        await log.ReadAsync(location, 0, bytes);
        return bytes;
    }

    public static async Task<bool> Has(this SegmentLog log, DiskLocation location, byte[] bytes) => (await log.Read(location)).AsSpan().SequenceEqual(bytes);

    public static async Task WaitFor(this SegmentLog log, Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Still waiting after 30 s for: {what}; the log has {log.Bytes} bytes, {log.LiveBytes} of them live");
            }
        }
    }
}
