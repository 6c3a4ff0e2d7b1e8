namespace Iarnet.Store.Memory;

/// <summary>Memory for one object: where it lies in the pool.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Slab">The slab that it is a block of; <see cref="NoSlab"/> when it has pages of its own, or no bytes at all.</param>
internal readonly record struct Block(long Offset, int Slab)
{
    public const int NoSlab = -1;

    /// <summary>In a record: the object has no memory at this time.</summary>
    public const int OnDisk = -2;

    /// <summary>The block of an object without bytes.</summary>
    public static readonly Block Empty = new(0, NoSlab);
}
