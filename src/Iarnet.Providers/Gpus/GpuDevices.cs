using System.Collections.Immutable;
using System.Globalization;

namespace Iarnet.Providers;

/// <summary>Finds the NVIDIA GPUs that this process may give away, as the values that CUDA_VISIBLE_DEVICES takes.</summary>
internal sealed class GpuDevices(string deviceFolder, string driverFolder, string? visible)
{
    private const string Front = "nvidia";

    public static GpuDevices Default => new("/dev", "/proc/driver/nvidia/gpus", Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"));

    /// <summary>
    /// CUDA numbers the devices that a process can open from 0 without gaps, whatever their minor numbers (a container may hold
    /// /dev/nvidia3 alone), so the files are only counted.
    /// </summary>
    public ImmutableArray<string> Find()
    {
        var count = Count(deviceFolder, Directory.EnumerateFiles, path => IsDevice(Path.GetFileName(path)));
        if (count == 0)
        {
            count = Count(driverFolder, Directory.EnumerateDirectories, _ => true);
        }

        if (visible is null)
        {
            return [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        }

        // The host itself is confined to these: what it gives away must be among them. CUDA ignores what follows the first
        // entry that names no device; "-1" is the usual way to say "none".
        return [.. visible.Split(',', StringSplitOptions.TrimEntries).TakeWhile(entry => Names(entry, count)).Distinct(StringComparer.Ordinal).Take(count)];
    }

    private static bool Names(string entry, int count) => int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        ? index < count
        : entry.StartsWith("GPU-", StringComparison.Ordinal) || entry.StartsWith("MIG-", StringComparison.Ordinal);

    private static bool IsDevice(string name) =>
        name.Length > Front.Length && name.StartsWith(Front, StringComparison.Ordinal) && name.AsSpan(Front.Length).IndexOfAnyExceptInRange('0', '9') < 0;

    private static int Count(string folder, Func<string, IEnumerable<string>> entries, Func<string, bool> counts)
    {
        try
        {
            return Directory.Exists(folder) ? entries(folder).Count(counts) : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
