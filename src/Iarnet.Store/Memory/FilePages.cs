using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Memory;

/// <summary>Memory that several processes share: a sparse file of a file system in memory.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class FilePages : Pages
{
    // A step of allocation short enough that the signals by which the runtime stops threads do not make it start over for ever.
    private const long CommitStep = 32L << 20;

    private readonly SafeFileHandle _file;

    private FilePages(SafeFileHandle file, byte* address, long length)
        : base(address, length) => _file = file;

    /// <summary>Makes the file, which must not be there.</summary>
    /// <exception cref="IarnetException">It cannot be made or mapped.</exception>
    public static FilePages Create(string path, long length)
    {
        length = RoundUp(length);
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            RandomAccess.SetLength(file, length);
            var pages = new FilePages(file, MapFile(file, path, length, writable: true, 0), length);
            file = null;
            return pages;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IarnetException($"The file '{path}' of shared memory cannot be made: {error.Message}", error);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Maps a file that a store made.</summary>
    /// <exception cref="IOException">It is not there, is not as long as it should be, or cannot be mapped.</exception>
    public static FilePages Open(string path, long length, bool writable, long offset = 0)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var actual = RandomAccess.GetLength(file);
            if (length <= 0 || actual < offset + length)
            {
                // Touching bytes beyond the end of the file would kill the process.
                throw new IOException($"The file '{path}' of shared memory has {actual} bytes where {offset + length} were expected.");
            }

            var pages = new FilePages(file, MapFile(file, path, length, writable, offset), length);
            file = null;
            return pages;
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }
        finally
        {
            file?.Dispose();
        }
    }

    public override bool TryCommit(long offset, long length)
    {
        for (var done = 0L; done < length;)
        {
            var step = Math.Min(CommitStep, length - done);
            switch (Native.Allocate(_file, offset + done, step))
            {
                case 0:
                    done += step;
                    break;
                case Native.Interrupted:
                    break;
                default:
                    Decommit(offset, length);
                    return false;
            }
        }

        return true;
    }

    public override void Decommit(long offset, long length)
    {
        // Refused only where the file system cannot: the memory stays taken then, and is used again all the same.
        while (Native.Fallocate(_file, Native.PunchHole, offset, length) != 0 && Marshal.GetLastPInvokeError() == Native.Interrupted)
        {
        }
    }

    // The file closes itself: its handle may have been finalized before.
    protected override void Unmap() => _ = Native.Unmap(Address, (nuint)Length);

    private static byte* MapFile(SafeFileHandle file, string path, long length, bool writable, long offset)
    {
        var protection = writable ? Native.ProtectReadWrite : Native.ProtectRead;
        var address = Native.Map(null, (nuint)length, protection, Native.MapShared, (int)file.DangerousGetHandle(), offset);
        return address == Native.MapFailed
            ? throw new IOException($"The file '{path}' of shared memory cannot be mapped: error {Marshal.GetLastPInvokeError()} of mmap.")
            : (byte*)address;
    }
}
