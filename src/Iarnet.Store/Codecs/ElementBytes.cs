using System.Buffers;
using System.Runtime.InteropServices;

namespace Iarnet.Store.Codecs;

/// <summary>The bytes of an array of numbers where they lie, so that putting it copies them once.</summary>
internal sealed class ElementBytes<TElement>(ReadOnlyMemory<TElement> elements) : MemoryManager<byte>
    where TElement : unmanaged
{
    public static bool Fits(int count) => (long)count * System.Runtime.CompilerServices.Unsafe.SizeOf<TElement>() <= Array.MaxLength;

    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(MemoryMarshal.AsMemory(elements).Span);

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("These bytes are copied, not handed out.");

    public override void Unpin()
    {
        // Nothing is pinned.
    }

    protected override void Dispose(bool disposing)
    {
    }
}
