namespace Iarnet.Hosting.Python;

/// <summary>Finds the Python that has the modules of the worker: the one in PATH, or else the system's own.</summary>
internal static class PythonSearch
{
    private static readonly string[] Candidates = OperatingSystem.IsWindows() ? ["python", "py"] : ["python3", "/usr/bin/python3"];
    private static readonly Lazy<string> Found = new(Search);

    /// <summary>The one that is tried first.</summary>
    public static string Usual => Candidates[0];

    /// <summary>The first candidate that has everything; the first of all when none has, so that its lack is what is reported.</summary>
    public static string Find() => Found.Value;

    private static string Search() => Candidates.FirstOrDefault(candidate => PythonCheck.Missing(candidate) is []) ?? Usual;
}
