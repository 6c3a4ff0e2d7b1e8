using System.Runtime.Versioning;

namespace Iarnet.Store.Memory;

/// <summary>A segment: one file in the segment folder, mapped here when this process first touches it and kept mapped while it is recycled.</summary>
internal sealed class SharedBlock(string folder, string name, long capacity) : Block(capacity)
{
    // A step of allocation short enough that the signals by which the runtime stops threads do not make it start over for ever.
    private const long AllocationStep = 32L << 20;

    private readonly Lock _lock = new();
    private readonly string _path = Path.Combine(folder, name);
    private MappedView? _view;

    public override string File => name;

    /// <summary>Makes the file with all of its space committed; false when the file system is full.</summary>
    /// <exception cref="IOException">The folder is gone or cannot be written.</exception>
    [SupportedOSPlatform("linux")]
    public static bool TryCreate(string folder, string name, long capacity, out SharedBlock? block)
    {
        block = null;
        var path = Path.Combine(folder, name);
        int error;
        try
        {
            using var handle = System.IO.File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            System.IO.File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            error = Commit(handle, capacity);
        }
        catch (IOException full) when ((full.HResult & 0xffff) is Native.NoSpace or Native.QuotaExceeded)
        {
            // No inode left: as full as no byte left.
            return false;
        }

        if (error == 0)
        {
            block = new SharedBlock(folder, name, capacity);
            return true;
        }

        System.IO.File.Delete(path);
        return error is Native.NoSpace or Native.QuotaExceeded
            ? false
            : throw new IOException($"The segment '{path}' of {capacity} bytes could not be allocated: error {error} of posix_fallocate.");
    }

    public override Memory<byte> Span(int size)
    {
        lock (_lock)
        {
            _view ??= MappedView.Open(_path, Capacity, writable: true);
            return _view.Memory[..size];
        }
    }

    /// <summary>Unmaps and deletes; processes that have it mapped keep what they see.</summary>
    public void Destroy()
    {
        lock (_lock)
        {
            ((IDisposable?)_view)?.Dispose();
            _view = null;
        }

        System.IO.File.Delete(_path);
    }

    /// <summary>Deletes the file and keeps the mapping, for a reader of this process that is not done.</summary>
    public void Unlink() => System.IO.File.Delete(_path);

    [SupportedOSPlatform("linux")]
    private static int Commit(Microsoft.Win32.SafeHandles.SafeFileHandle handle, long capacity)
    {
        for (long offset = 0; offset < capacity;)
        {
            var length = Math.Min(AllocationStep, capacity - offset);
            var error = Native.Allocate(handle, offset, length);
            if (error == Native.Interrupted)
            {
                continue;
            }

            if (error != 0)
            {
                return error;
            }

            offset += length;
        }

        return 0;
    }
}
