namespace Iarnet.Store.Memory;

/// <summary>
/// A range of addresses whose pages are given memory when they are needed. Addresses are fixed for the life of the object, so bytes can be
/// named by an offset, in every process that maps the same pages. Offsets and lengths are whole pages. Thread-safe for different ranges.
/// </summary>
/// <remarks>
/// The range stays mapped until nobody can reach this object: readers without a lock may look at it at any time, and a reader that looks at an
/// address that is gone ends the process.
/// </remarks>
internal abstract unsafe class Pages
{
    public const int PageBytes = 4096;

    protected Pages(byte* address, long length)
    {
        Address = address;
        Length = length;
    }

    ~Pages() => Unmap();

    /// <summary>The first byte.</summary>
    public byte* Address { get; }

    /// <summary>How many bytes the range has, with memory or without.</summary>
    public long Length { get; }

    /// <summary>Reserves addresses of this process only.</summary>
    /// <exception cref="IarnetException">The system refuses.</exception>
    public static Pages Private(long length) => OperatingSystem.IsWindows() ? WindowsPages.Reserve(RoundUp(length)) : AnonymousPages.Reserve(RoundUp(length));

    /// <summary>The next whole page.</summary>
    public static long RoundUp(long bytes) => (bytes + PageBytes - 1) & -PageBytes;

    /// <summary>Gives memory to a range; false when the system has none left. Touching it cannot fail afterwards.</summary>
    public abstract bool TryCommit(long offset, long length);

    /// <summary>Takes the memory of a range back; its content is lost.</summary>
    public abstract void Decommit(long offset, long length);

    /// <summary>Unmaps everything.</summary>
    protected abstract void Unmap();
}
