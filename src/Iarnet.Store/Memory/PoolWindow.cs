using System.Buffers;

namespace Iarnet.Store.Memory;

/// <summary>
/// A part of a range of pages as <see cref="Memory{T}"/>, which keeps the pages mapped. What the bytes are and for how long is somebody else's to
/// know.
/// </summary>
internal sealed unsafe class PoolWindow(Pages pages, long offset, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(pages.Address + offset, length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
        return new MemoryHandle(pages.Address + offset + elementIndex, pinnable: this);
    }

    public override void Unpin()
    {
        // Mapped memory does not move.
    }

    protected override void Dispose(bool disposing)
    {
    }
}
