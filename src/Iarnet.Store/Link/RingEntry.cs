using System.Runtime.InteropServices;

namespace Iarnet.Store.Link;

/// <summary>The head of one entry in a session's ring; the codec's name and the bytes follow. Entries begin at multiples of 8 and never wrap.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct RingEntry
{
    public const int Bytes = 32;

    /// <summary>The whole entry, a multiple of 8.</summary>
    public uint Length;

    public RingOperation Operation;
    public byte CodecLength;
    public ushort Reserved;
    public ulong IdHigh;
    public ulong IdLow;
    public uint Size;

    /// <summary>Milliseconds to live; 0 for ever.</summary>
    public uint TimeToLive;

    public static uint LengthOf(int codec, int size) => (uint)((Bytes + codec + size + 7) & -8);
}
