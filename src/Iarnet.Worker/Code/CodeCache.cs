using System.Collections.Concurrent;
using System.Security.Cryptography;
using Iarnet.Components.Worker;
using Iarnet.Store;

namespace Iarnet.Worker.Code;

/// <summary>Code files by hash in a folder that several components share. Each component checks each file against its hash, once. Thread-safe.</summary>
internal sealed class CodeCache
{
    private readonly string _folder;
    private readonly IObjectReader _store;
    private readonly ConcurrentDictionary<string, Task<string>> _checked = new(StringComparer.Ordinal);

    public CodeCache(string folder, IObjectReader store)
    {
        _folder = Path.GetFullPath(folder);
        _store = store;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
        }
        else
        {
            // Code is run from here: nobody else may write into it.
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Where the file lies, after it was fetched if it was not there.</summary>
    /// <exception cref="InvalidDataException">What the store holds under the hash is something else.</exception>
    public async Task<string> GetAsync(CodeFileManifest file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, Convert.ToHexStringLower(file.Sha256.AsSpan()) + Path.GetExtension(file.Name));
        var checking = _checked.GetOrAdd(path, _ => CheckedAsync(path, file, cancellationToken));
        try
        {
            return await checking.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The store may answer the next time.
            _checked.TryRemove(new(path, checking));
            throw;
        }
    }

    private async Task<string> CheckedAsync(string path, CodeFileManifest file, CancellationToken cancellationToken)
    {
        if (!await IsRightAsync(path, file, cancellationToken).ConfigureAwait(false))
        {
            await FetchAsync(path, file, cancellationToken).ConfigureAwait(false);
        }

        return path;
    }

    private static async Task<bool> IsRightAsync(string path, CodeFileManifest file, CancellationToken cancellationToken)
    {
        try
        {
            var found = File.OpenRead(path);
            await using (found.ConfigureAwait(false))
            {
                return found.Length == file.Size && IsHashOf(await SHA256.HashDataAsync(found, cancellationToken).ConfigureAwait(false), file);
            }
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsHashOf(byte[] hash, CodeFileManifest file) => file.Sha256.AsSpan().SequenceEqual(hash);

    private async Task FetchAsync(string path, CodeFileManifest file, CancellationToken cancellationToken)
    {
        using var lease = await _store.GetAsync(file.Object, cancellationToken).ConfigureAwait(false);
        if (!IsHashOf(SHA256.HashData(lease.Span), file))
        {
            throw new InvalidDataException($"Code file '{file.Name}' is not what its hash says: the object {file.Object} has {lease.Size} bytes of something else. Nothing of it was run.");
        }

        // Written aside and renamed: another worker that looks meanwhile sees all of the file or none.
        var aside = $"{path}.{Environment.ProcessId}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        try
        {
            await File.WriteAllBytesAsync(aside, lease.Memory, cancellationToken).ConfigureAwait(false);
            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }
}
