namespace Iarnet.Providers;

/// <summary>Finds the file that starting a program would run, so that what is missing can be said before anything is started.</summary>
internal static class ExecutableSearch
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The full path; null when there is no such file, or none that may be executed. A path is relative to the host's own folder.</summary>
    public static string? Find(string program)
    {
        if (program.AsSpan().IndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) >= 0)
        {
            return Executable(Path.GetFullPath(program));
        }

        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Executable(Path.Join(folder, program)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? Executable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None ? path : null;
        }

        string[] endings = ["", ".exe", ".cmd", ".bat"];
        return endings.Select(ending => path + ending).FirstOrDefault(File.Exists);
    }
}
