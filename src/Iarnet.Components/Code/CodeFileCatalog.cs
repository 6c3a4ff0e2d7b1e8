using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Iarnet.Components.Code;

/// <summary>The hash of each code file, computed once for each state of the file. Thread-safe.</summary>
internal sealed class CodeFileCatalog
{
    private readonly ConcurrentDictionary<(string Path, DateTime Written, long Size), Lazy<CodeFile>> _files = new();

    public CodeFile Get(string path)
    {
        var info = new FileInfo(path);
        // Keyed by the state of the file: an application that was built anew while the host runs gets a new entry.
        return _files.GetOrAdd((info.FullName, info.LastWriteTimeUtc, info.Length), static key => new Lazy<CodeFile>(() => Read(key.Path))).Value;
    }

    private static CodeFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        var hash = SHA256.HashData(stream);
        return new CodeFile(System.IO.Path.GetFileName(path), path, hash, stream.Length);
    }
}
