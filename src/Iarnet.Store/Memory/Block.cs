namespace Iarnet.Store.Memory;

/// <summary>Memory for one object. Belongs to the allocator that made it; used by one object at a time.</summary>
internal abstract class Block(long capacity)
{
    /// <summary>What it costs, which is at least what was asked for.</summary>
    public long Capacity { get; } = capacity;

    /// <summary>
    /// Set when a process that may still have it mapped lost it without saying so: its bytes must never hold another object.
    /// </summary>
    public bool Tainted { get; set; }

    /// <summary>The file in the segment folder, when it is shared.</summary>
    public abstract string? File { get; }

    /// <summary>The first <paramref name="size"/> bytes.</summary>
    public abstract Memory<byte> Span(int size);
}
