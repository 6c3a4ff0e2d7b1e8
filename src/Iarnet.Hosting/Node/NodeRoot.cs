using System.Globalization;

namespace Iarnet.Hosting.Node;

/// <summary>A folder under which the nodes of one user make theirs. It goes with the last of them.</summary>
internal sealed class NodeRoot
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int Attempts = 10;
    private readonly string _option;

    /// <summary>From the outside in: what is made when it is not there, what must be this user's alone, and what goes when it is empty.</summary>
    private readonly string[] _own;
    private readonly bool _removable;

    private NodeRoot(string option, bool removable, params string[] own)
    {
        _own = own;
        _option = option;
        _removable = removable;
    }

    public string Path => _own[^1];

    /// <summary>For sockets.</summary>
    public static NodeRoot ForSockets(string? named)
    {
        if (named is not null)
        {
            return Named(named, nameof(IarnetNodeOptions.RunFolder));
        }

        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");

        // Not another user's, which it is after "sudo -E".
        if (!string.IsNullOrEmpty(runtime) && FolderOwner.Passes(runtime))
        {
            return new NodeRoot(nameof(IarnetNodeOptions.RunFolder), removable: true, System.IO.Path.Combine(runtime, "iarnet"));
        }

        var parent = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"iarnet-{User()}");
        return new NodeRoot(nameof(IarnetNodeOptions.RunFolder), removable: true, parent, System.IO.Path.Combine(parent, "iarnet"));
    }

    /// <summary>For shared memory; null where the system has no memory file system.</summary>
    public static NodeRoot? ForSegments(string? named)
    {
        if (named is not null)
        {
            return Named(named, nameof(IarnetNodeOptions.SegmentFolder));
        }

        return OperatingSystem.IsLinux() && Directory.Exists("/dev/shm")
            ? new NodeRoot(nameof(IarnetNodeOptions.SegmentFolder), removable: true, $"/dev/shm/iarnet-{User()}")
            : null;
    }

    /// <summary>Makes a folder that only this user may enter.</summary>
    /// <exception cref="IarnetException">It cannot be made, or the root is not this user's alone.</exception>
    public string Make(string name)
    {
        var folder = System.IO.Path.Combine(Path, name);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                foreach (var own in _own)
                {
                    MakePrivate(own);
                }

                MakePrivate(folder);
                break;
            }
            catch (DirectoryNotFoundException) when (attempt < Attempts)
            {
                // The last node of before has just removed the root.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new IarnetException($"The folder '{folder}' cannot be made: {e.Message} Name another place by the option {_option}.", e);
            }
        }

        try
        {
            // Only now, when a folder in it keeps it from being removed and made anew by somebody else.
            foreach (var own in _own)
            {
                FolderOwner.Require(own, _option);
            }
        }
        catch
        {
            Remove(folder);
            throw;
        }

        return folder;
    }

    /// <summary>Removes the root when no node uses it any more, unless it was there before and is somebody's choice.</summary>
    public void RemoveIfEmpty()
    {
        if (!_removable)
        {
            return;
        }

        try
        {
            foreach (var own in _own.AsEnumerable().Reverse())
            {
                Directory.Delete(own);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another node uses it, or has just removed it.
        }
    }

    /// <summary>Removes a folder of a node with all that is in it, as far as the system lets it.</summary>
    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else swept it at the same time, or Windows keeps an open file: the next node sweeps again.
        }
    }

    private static NodeRoot Named(string folder, string option)
    {
        var full = System.IO.Path.GetFullPath(folder);
        return new NodeRoot(option, removable: !Directory.Exists(full), full);
    }

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Private);
        }
    }

    private static string User() =>
        OperatingSystem.IsLinux() ? FolderOwner.EffectiveUser().ToString(CultureInfo.InvariantCulture) : Environment.UserName;
}
