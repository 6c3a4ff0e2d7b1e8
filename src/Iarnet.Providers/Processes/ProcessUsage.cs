using System.Globalization;
using System.Runtime.Versioning;

namespace Iarnet.Providers;

/// <summary>Sums what a process and its descendants have used, from /proc. What vanishes while it is read counts as nothing.</summary>
[SupportedOSPlatform("linux")]
internal static class ProcessUsage
{
    // USER_HZ: 100 on every architecture that .NET runs on; the kernel reports to user space in it whatever its own tick is.
    private const long TicksPerSecond = 100;

    // Deeper than any real component; ends the walk should the tree grow faster than it is read.
    private const int ProcessLimit = 4_096;

    public static ComponentUsage Read(int root)
    {
        var cpu = TimeSpan.Zero;
        long memory = 0;
        var seen = 0;
        var pending = new Stack<int>([root]);
        while (seen < ProcessLimit && pending.TryPop(out var id))
        {
            if (TryReadStat(id, out var time))
            {
                seen++;
                cpu += time;
                memory += ResidentBytes(id);
                PushChildren(id, pending);
            }
        }

        return new ComponentUsage(cpu, memory, seen);
    }

    /// <summary>proc(5): the name in parentheses may hold anything, so fields are counted from its last closing one; 14 and 15 are utime and stime.</summary>
    private static bool TryReadStat(int id, out TimeSpan cpu)
    {
        cpu = TimeSpan.Zero;
        if (TryRead($"/proc/{id}/stat") is not { } text || text.LastIndexOf(')') is var end && end < 0)
        {
            return false;
        }

        var fields = text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 13)
        {
            return false;
        }

        cpu = TimeSpan.FromTicks((Number(fields[11]) + Number(fields[12])) * (TimeSpan.TicksPerSecond / TicksPerSecond));
        return true;
    }

    private static long ResidentBytes(int id) =>
        TryRead($"/proc/{id}/statm")?.Split(' ') is [_, var resident, ..] ? Number(resident) * Environment.SystemPageSize : 0;

    private static void PushChildren(int id, Stack<int> pending)
    {
        try
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{id}/task"))
            {
                foreach (var child in (TryRead($"{thread}/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    pending.Push((int)Number(child));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
        }
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
