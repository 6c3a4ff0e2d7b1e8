using System.Runtime.Versioning;

namespace Iarnet.Store.Memory;

/// <summary>The folder through which processes of one host share a store's memory: what lies in it is in docs/protocol/store-link.md.</summary>
internal static class StoreFolder
{
    public const string Probe = "probe";
    public const string Pool = "pool";
    public const string Index = "index";
    public const string Link = "link";
    public const string SessionPrefix = "session-";

    /// <summary>Makes the folder and its probe.</summary>
    /// <exception cref="IarnetException">It cannot be made or belongs to another store.</exception>
    [SupportedOSPlatform("linux")]
    public static void Open(string folder, string probe)
    {
        var path = Path.Combine(folder, Probe);
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            file.Write(System.Text.Encoding.ASCII.GetBytes(probe));
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new IarnetException($"The segment folder '{folder}' belongs to another store, or one that was killed left it: give each store its own, and remove those of the dead.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IarnetException($"The segment folder '{folder}' cannot be made: {error.Message}", error);
        }
    }

    /// <summary>Removes the files of the store, and the folder when nothing else lies in it.</summary>
    public static void Close(string folder)
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder))
            {
                if (Path.GetFileName(path) is Probe or Pool or Index or Link || Path.GetFileName(path).StartsWith(SessionPrefix, StringComparison.Ordinal))
                {
                    File.Delete(path);
                }
            }

            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The host removed the folder already, or something that is not ours lies in it.
        }
    }

    /// <summary>Whether a name that came over the wire can only mean a session's file directly in the folder.</summary>
    public static bool IsSessionName(string name) =>
        name.Length is > 8 and <= 32 && name.StartsWith(SessionPrefix, StringComparison.Ordinal) && name.AsSpan(SessionPrefix.Length).ContainsAnyExceptInRange('0', '9') is false;
}
