using System.Reflection;
using System.Runtime.Loader;

namespace Iarnet.Worker.Code;

/// <summary>The assemblies of an application, loaded besides those of the worker. Thread-safe.</summary>
internal sealed class CodeContext(WorkerAssemblies own) : AssemblyLoadContext("application")
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _files = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds files unless one of them is here in another version: code that shares an assembly shares its state, too.</summary>
    /// <param name="files">Paths by assembly name; a path holds the hash of the file.</param>
    public bool TryAdd(IReadOnlyDictionary<string, string> files)
    {
        lock (_lock)
        {
            if (files.Any(file => _files.TryGetValue(file.Key, out var known) && known != file.Value))
            {
                return false;
            }

            foreach (var (name, path) in files)
            {
                _files[name] = path;
            }

            return true;
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // What the worker has is shared, so that types of both sides are the same (codecs know protobuf messages by theirs).
        if (own.Has(assemblyName))
        {
            return null;
        }

        string? path;
        lock (_lock)
        {
            _files.TryGetValue(assemblyName.Name ?? "", out path);
        }

        return path is null ? null : LoadFromAssemblyPath(path);
    }
}
