using System.Globalization;
using Iarnet.Resources;

namespace Iarnet.Providers;

/// <summary>What this machine, or the container that this process runs in, has.</summary>
internal static class MachineCapacity
{
    // Version 2 and version 1 of control groups; inside a container its own group is mounted at the root.
    private static readonly string[] LimitFiles = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    /// <summary>Environment.ProcessorCount already honours affinity and CPU quotas.</summary>
    public static ResourceAmounts Measure(int gpus) => new(Environment.ProcessorCount * 1000L, MemoryBytes(), gpus);

    private static long MemoryBytes()
    {
        // GCMemoryInfo counts a heap limit of this host as if it were the machine's: it is the fallback, not the first choice.
        var bytes = OperatingSystem.IsLinux() && ReadMemoryTotal() is { } total ? total : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (OperatingSystem.IsLinux())
        {
            foreach (var file in LimitFiles)
            {
                // "max", and version 1's nearly 2^63, mean that there is no limit.
                if (TryRead(file) is { } text && long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
                {
                    bytes = Math.Min(bytes, limit);
                }
            }
        }

        return bytes;
    }

    private static long? ReadMemoryTotal()
    {
        foreach (var line in (TryRead("/proc/meminfo") ?? "").Split('\n'))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)
                && long.TryParse(line.AsSpan("MemTotal:".Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes))
            {
                return kilobytes * 1024;
            }
        }

        return null;
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
