using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Iarnet.Store.Memory;

/// <summary>A file in memory. The owner disposes it when nobody looks at its memory any more: pins are counted there.</summary>
internal sealed unsafe class MappedView : MemoryManager<byte>
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _length;
    private byte* _pointer;

    private MappedView(MemoryMappedViewAccessor view, int length)
    {
        _view = view;
        _length = length;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
        _pointer += view.PointerOffset;
    }

    /// <summary>How many bytes are mapped.</summary>
    public int Length => _length;

    /// <summary>
    /// Maps a whole file, as far as one <see cref="Memory{T}"/> spans it, after seeing that it has as many bytes as are needed: touching bytes
    /// beyond its end kills the process.
    /// </summary>
    /// <exception cref="IOException">The file is not there, is shorter, or cannot be mapped.</exception>
    public static MappedView Open(string path, long needed, bool writable)
    {
        var access = writable ? MemoryMappedFileAccess.ReadWrite : MemoryMappedFileAccess.Read;
        using var handle = File.OpenHandle(path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var actual = RandomAccess.GetLength(handle);
        if (actual < needed)
        {
            throw new IOException($"The segment '{path}' has {actual} bytes where {needed} were expected: it was truncated.");
        }

        using var file = MemoryMappedFile.CreateFromFile(handle, mapName: null, actual, access, HandleInheritability.None, leaveOpen: true);
        var length = (int)Math.Min(actual, Array.MaxLength);
        return new MappedView(file.CreateViewAccessor(0, length, access), length);
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_pointer is null, this);
        return new Span<byte>(_pointer, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_pointer is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
        return new MemoryHandle(_pointer + elementIndex);
    }

    public override void Unpin()
    {
        // Mapped memory does not move.
    }

    protected override void Dispose(bool disposing)
    {
        if (_pointer is null)
        {
            return;
        }

        _pointer = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }
}
