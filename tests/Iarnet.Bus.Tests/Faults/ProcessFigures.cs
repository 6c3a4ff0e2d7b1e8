using System.Globalization;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>
/// What the process holds after a full, compacting collection that gives free memory back: the managed heap, the pages in memory
/// (resident), those of them that are its own (<c>RssAnon</c>: heap, stacks, native allocations and what the compiler wrote, without
/// the mapped files of the runtime), open descriptors.
/// </summary>
internal sealed record ProcessFigures(long Managed, long Resident, long Private, IReadOnlyList<string> Open)
{
    public int Descriptors => Open.Count;

    public static ProcessFigures Take()
    {
        // Twice, because finalizers of the first round free what the second one collects.
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new ProcessFigures(GC.GetTotalMemory(forceFullCollection: true), Read("VmRSS:"), Read("RssAnon:"), ReadDescriptors());
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"managed {Managed / 1024.0 / 1024:0.00} MiB, resident {Resident / 1024.0 / 1024:0.0} MiB, private {Private / 1024.0 / 1024:0.0} MiB, {Descriptors} descriptors");

    private static long Read(string name)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet;
        }

        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    private static List<string> ReadDescriptors()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        // Not the files that the runtime maps when it needs them first.
        return
        [
            .. Directory.GetFileSystemEntries("/proc/self/fd")
                .Select(static entry => $"{Path.GetFileName(entry)} {new FileInfo(entry).LinkTarget}")
                .Where(static entry => entry.Contains(" socket:", StringComparison.Ordinal) || entry.Contains(" anon_inode:", StringComparison.Ordinal) || entry.Contains(" pipe:", StringComparison.Ordinal)),
        ];
    }
}
