using System.Runtime.InteropServices;

namespace Iarnet.Store.Index;

/// <summary>
/// One object in the index, as it lies in memory that other processes read. What the index says of an object may be believed only after a lease
/// of its state was taken: see <see cref="RecordState"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct Record
{
    public const int Bytes = 48;

    /// <summary>The key, which is the object's id for the store's own objects.</summary>
    public ulong KeyHigh;
    public ulong KeyLow;

    /// <summary>Where the bytes lie in the pool.</summary>
    public long Offset;
    public long Size;

    /// <summary>A <see cref="RecordState"/>; changed by compare-and-exchange only.</summary>
    public ulong State;

    /// <summary>The slab of the bytes.</summary>
    public int Slab;

    /// <summary>The codec's number in the index's table.</summary>
    public byte Codec;

    /// <summary>Set when the object is read in the store's process; other processes set theirs beside the records.</summary>
    public byte Touched;

    /// <summary>See <see cref="RecordTraits"/>.</summary>
    public ushort Traits;

    public readonly UInt128 Key => new(KeyHigh, KeyLow);

    public readonly bool Has(KeyHalves key) => KeyLow == key.Low && KeyHigh == key.High;

    public readonly RecordPhase Phase => RecordState.Phase(State);
}
