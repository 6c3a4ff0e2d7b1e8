using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Iarnet.Components.Code;

/// <summary>
/// Which assembly files a function needs besides those that its worker has: found by reading the files' own reference
/// tables, so that nothing is loaded that the program did not load itself.
/// </summary>
internal sealed class AssemblyClosure
{
    private readonly ConditionalWeakTable<Assembly, IReadOnlyList<string>> _found = [];
    private readonly Dictionary<string, string> _known;
    private readonly string? _workerFolder;
    private readonly string[] _frameworkFolders;

    /// <param name="workerFolder">Where the worker's own assemblies lie; null: the worker is taken to have the framework only.</param>
    public AssemblyClosure(string? workerFolder)
    {
        _workerFolder = workerFolder;
        _known = TrustedAssemblies();
        _frameworkFolders = FrameworkFolders(_known);
    }

    /// <summary>The file of the assembly and of all that it refers to, itself first.</summary>
    /// <exception cref="FunctionNotSupportedException">The assembly is not a file.</exception>
    public IReadOnlyList<string> Of(Assembly assembly) => _found.GetValue(assembly, Find);

    private IReadOnlyList<string> Find(Assembly assembly)
    {
        var root = LocationOf(assembly);
        if (!File.Exists(root))
        {
            throw new FunctionNotSupportedException(
                $"The code of '{assembly.GetName().Name}' cannot travel to a worker: the assembly is not a file (it was made at run time, or bundled into a single-file program). "
                + "Publish without PublishSingleFile, move the functions into a class library, or run them in process.");
        }

        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Queue<string>();
        open.Enqueue(root);
        seen.Add(Path.GetFileNameWithoutExtension(root));
        while (open.TryDequeue(out var file))
        {
            files.Add(file);
            foreach (var reference in ReferencesOf(file))
            {
                // A reference that leads nowhere is one that this program runs without; the worker will, too.
                if (seen.Add(reference.Name!) && Resolve(reference.Name!, Path.GetDirectoryName(file)!) is { } path && !WorkerHas(path, reference.Name!))
                {
                    open.Enqueue(path);
                }
            }
        }

        return files;
    }

    private static List<AssemblyName> ReferencesOf(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        if (!image.HasMetadata)
        {
            return [];
        }

        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle).GetAssemblyName())];
    }

    private string? Resolve(string name, string besides)
    {
        var sibling = Path.Combine(besides, name + ".dll");
        return File.Exists(sibling) ? sibling : _known.GetValueOrDefault(name);
    }

    private bool WorkerHas(string path, string name)
    {
        if (_frameworkFolders.Contains(Path.GetDirectoryName(path), StringComparer.Ordinal) || IsOfTheFramework(name))
        {
            return true;
        }

        return _workerFolder is not null
            && Path.Combine(_workerFolder, name + ".dll") is var own
            && File.Exists(own)
            && VersionOf(own) >= VersionOf(path);
    }

    private static Version VersionOf(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path).Version ?? new Version();
        }
        catch (BadImageFormatException)
        {
            return new Version();
        }
    }

    /// <summary>A self-contained program has the framework in its own folder: there only the name tells it.</summary>
    private bool IsOfTheFramework(string name) =>
        _frameworkFolders.Length == 0 && (name.StartsWith("System.", StringComparison.Ordinal) || name is "System" or "mscorlib" or "netstandard" or "WindowsBase"
            || name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal) || name is "Microsoft.CSharp");

    private static Dictionary<string, string> TrustedAssemblies()
    {
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var list = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (var path in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            known.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }

        return known;
    }

    private static string[] FrameworkFolders(Dictionary<string, string> known)
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        // …/shared/Microsoft.NETCore.App/10.0.x: whatever else lies under "shared" is a framework too (Microsoft.AspNetCore.App).
        var shared = Path.GetDirectoryName(Path.GetDirectoryName(runtime));
        return runtime == own || shared is null
            ? []
            : [.. known.Values.Select(path => Path.GetDirectoryName(path)!).Where(folder => folder.StartsWith(shared + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Append(runtime).Distinct(StringComparer.Ordinal)];
    }

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An empty location is what is looked for: it becomes an error that says so.")]
    private static string LocationOf(Assembly assembly) => assembly.IsDynamic ? "" : assembly.Location;
}
