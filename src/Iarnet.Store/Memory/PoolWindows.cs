namespace Iarnet.Store.Memory;

/// <summary>
/// A range of pages as <see cref="Memory{T}"/>, which spans 2 GiB at most: windows of that size begin at every whole GiB, so that an object of up
/// to 1 GiB lies in one of them; a larger one gets a window of its own. Thread-safe.
/// </summary>
internal sealed class PoolWindows(Pages pages)
{
    private const int Shift = 30;

    private readonly PoolWindow?[] _windows = new PoolWindow?[(int)((pages.Length >> Shift) + 1)];

    /// <summary>The bytes of a block.</summary>
    public Memory<byte> Memory(long offset, int size)
    {
        var start = offset >> Shift << Shift;
        if (offset + size - start > int.MaxValue)
        {
            return new PoolWindow(pages, offset, size).Memory;
        }

        // Two threads may both make one: they are the same but for their identity.
        var window = _windows[offset >> Shift] ??= new PoolWindow(pages, start, (int)Math.Min(int.MaxValue, pages.Length - start));
        return window.Memory.Slice((int)(offset - start), size);
    }
}
