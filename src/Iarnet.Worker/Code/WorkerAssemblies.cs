using System.Collections.Frozen;
using System.Reflection;

namespace Iarnet.Worker.Code;

/// <summary>The assemblies that the worker has itself: its own and those of the framework.</summary>
internal sealed class WorkerAssemblies
{
    private readonly FrozenDictionary<string, string> _files = (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .DistinctBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(path => Path.GetFileNameWithoutExtension(path)!, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it has the assembly in the version that is asked for, or a higher one.</summary>
    public bool Has(AssemblyName asked) =>
        asked.Name is { } name
        && _files.TryGetValue(name, out var path)
        && (asked.Version is not { } version || AssemblyName.GetAssemblyName(path).Version >= version);
}
