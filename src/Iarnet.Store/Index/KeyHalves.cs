using System.Runtime.CompilerServices;

namespace Iarnet.Store.Index;

/// <summary>The two words of a key. Shifting a <see cref="UInt128"/> costs more than looking an object up may.</summary>
internal readonly struct KeyHalves
{
#pragma warning disable CS0649 // Both come by the cast.
    private readonly ulong _first;
    private readonly ulong _second;
#pragma warning restore CS0649

    public ulong Low => BitConverter.IsLittleEndian ? _first : _second;

    public ulong High => BitConverter.IsLittleEndian ? _second : _first;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KeyHalves Of(UInt128 key) => Unsafe.BitCast<UInt128, KeyHalves>(key);
}
