// Looks into every package of a feed: dotnet run eng/checks/packages.cs -- FEED PACKAGES
// FEED holds our .nupkg files; PACKAGES is a NuGet package folder into which they were restored with all they depend on.
#:property PublishAot=false
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

var (feed, packageFolder) = (args[0], args[1]);
var framework = Directory.GetParent(typeof(object).Assembly.Location)!;
var shared = framework.Parent!.Parent!;
var core = Names(framework.FullName);
var web = Names(Directory.GetDirectories(Path.Combine(shared.FullName, "Microsoft.AspNetCore.App")).Order(StringComparer.Ordinal).Last());

var packages = Directory.GetFiles(feed, "*.nupkg").Order(StringComparer.Ordinal).Select(Package.Open).ToDictionary(package => package.Id, StringComparer.OrdinalIgnoreCase);
var findings = 0;
foreach (var package in packages.Values)
{
    var found = Facts(package).Concat(Needs(package)).ToList();
    Console.WriteLine($"{package.Id} {package.Version}: {package.Assemblies.Count + package.Programs.Count} assemblies, {(found.Count == 0 ? "complete" : $"{found.Count} findings")}");
    found.ForEach(finding => Console.WriteLine($"  {finding}"));
    findings += found.Count;
}

if (packages.Count == 0)
{
    Console.WriteLine($"No package lies in {feed}.");
}

return findings == 0 && packages.Count > 0 ? 0 : 1;

IEnumerable<string> Facts(Package package)
{
    foreach (var fact in new[] { "description", "tags", "authors", "readme" })
    {
        if (string.IsNullOrWhiteSpace(package.Fact(fact)))
        {
            yield return $"has no {fact}";
        }
    }

    if (package.Fact("license") != "Apache-2.0")
    {
        yield return $"has the license '{package.Fact("license")}', not Apache-2.0";
    }

    if (package.Fact("readme") is { Length: > 0 } readme && !package.Files.Contains(readme))
    {
        yield return $"names the readme {readme}, which is not in it";
    }

    var symbols = Path.ChangeExtension(package.Path, ".snupkg");
    var pdbs = File.Exists(symbols) ? Entries(symbols) : [];
    foreach (var assembly in package.Files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal) && file.EndsWith(".dll", StringComparison.Ordinal)))
    {
        if (!package.Files.Contains(Path.ChangeExtension(assembly, ".xml")))
        {
            yield return $"{assembly} has no documentation beside it";
        }

        if (!pdbs.Contains(Path.ChangeExtension(assembly, ".pdb")))
        {
            yield return $"{assembly} has no symbols in {Path.GetFileName(symbols)}";
        }
    }

    foreach (var dependency in package.Dependencies.Where(dependency => dependency.StartsWith("Iarnet", StringComparison.Ordinal) && !packages.ContainsKey(dependency)))
    {
        yield return $"depends on {dependency}, which is not in the feed";
    }
}

// Every assembly that a library refers to is the framework's, or of a package that it declares, directly or through another.
IEnumerable<string> Needs(Package package)
{
    var closure = Closure(package);
    var offered = core.ToHashSet(StringComparer.OrdinalIgnoreCase);
    foreach (var one in closure)
    {
        offered.UnionWith(packages.TryGetValue(one, out var ours) ? ours.Assemblies.Keys : Restored(one));
    }

    if (closure.Any(one => packages.TryGetValue(one, out var ours) && ours.UsesWeb))
    {
        offered.UnionWith(web);
    }

    return Missing(package.Assemblies, offered, "comes with none of its dependencies")
        .Concat(Missing(package.Programs, [.. core, .. web, .. package.Programs.Keys], "does not lie beside it"));
}

static IEnumerable<string> Missing(Dictionary<string, IReadOnlyList<string>> assemblies, HashSet<string> offered, string what) =>
    from assembly in assemblies
    from needed in assembly.Value
    where !offered.Contains(needed)
    select $"{assembly.Key} needs {needed}, which {what}";

HashSet<string> Closure(Package package)
{
    var closure = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { package.Id };
    var open = new Queue<string>(package.Dependencies);
    while (open.TryDequeue(out var next))
    {
        if (closure.Add(next))
        {
            foreach (var further in packages.TryGetValue(next, out var ours) ? ours.Dependencies : Declared(next))
            {
                open.Enqueue(further);
            }
        }
    }

    return closure;
}

IEnumerable<string> Declared(string id) => RestoredFolder(id) is { } folder
    ? Package.DependenciesOf(XDocument.Load(Directory.GetFiles(folder, "*.nuspec")[0]))
    : [];

IEnumerable<string> Restored(string id) => RestoredFolder(id) is { } folder && Directory.Exists(Path.Combine(folder, "lib"))
    ? Directory.GetFiles(Path.Combine(folder, "lib"), "*.dll", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file)!).Distinct()
    : [];

string? RestoredFolder(string id) => Path.Combine(packageFolder, id.ToLowerInvariant()) is var folder && Directory.Exists(folder)
    ? Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Last()
    : null;

static HashSet<string> Names(string folder) =>
    Directory.GetFiles(folder, "*.dll").Select(file => Path.GetFileNameWithoutExtension(file)!).ToHashSet(StringComparer.OrdinalIgnoreCase);

static HashSet<string> Entries(string archive)
{
    using var zip = ZipFile.OpenRead(archive);
    return [.. zip.Entries.Select(entry => entry.FullName)];
}

// Assemblies are those of lib, for callers; programs are those of tools, which bring all they need.
sealed record Package(
    string Path, XDocument Nuspec, HashSet<string> Files, Dictionary<string, IReadOnlyList<string>> Assemblies, Dictionary<string, IReadOnlyList<string>> Programs)
{
    public string Id => Fact("id")!;

    public string Version => Fact("version")!;

    public IReadOnlyList<string> Dependencies { get; } = [.. DependenciesOf(Nuspec)];

    public bool UsesWeb => Nuspec.Descendants().Any(element => element.Name.LocalName == "frameworkReference" && (string?)element.Attribute("name") == "Microsoft.AspNetCore.App");

    public string? Fact(string name) => Nuspec.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

    public static IEnumerable<string> DependenciesOf(XDocument nuspec) =>
        nuspec.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => (string)element.Attribute("id")!).Distinct();

    public static Package Open(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var nuspec = zip.Entries.Single(entry => !entry.FullName.Contains('/') && entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
        using var text = nuspec.Open();
        return new Package(path, XDocument.Load(text), [.. zip.Entries.Select(entry => entry.FullName)], Assemblies(zip, "lib/"), Assemblies(zip, "tools/"));

        static Dictionary<string, IReadOnlyList<string>> Assemblies(ZipArchive zip, string folder) => zip.Entries
            .Where(entry => entry.FullName.StartsWith(folder, StringComparison.Ordinal) && entry.FullName.EndsWith(".dll", StringComparison.Ordinal))
            .ToDictionary(entry => System.IO.Path.GetFileNameWithoutExtension(entry.Name), References, StringComparer.OrdinalIgnoreCase);
    }

    private static IReadOnlyList<string> References(ZipArchiveEntry entry)
    {
        var bytes = new MemoryStream();
        using (var stream = entry.Open())
        {
            stream.CopyTo(bytes);
        }

        bytes.Position = 0;
        using var image = new PEReader(bytes);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
