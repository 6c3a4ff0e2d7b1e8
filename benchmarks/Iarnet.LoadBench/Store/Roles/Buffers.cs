namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Memory that both ends of a comparison use again and again.</summary>
internal static class Buffers
{
    /// <summary>An array that stays where it is and of which every page is there, with bytes that differ.</summary>
    public static byte[] Touched(int size)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        new Random(size).NextBytes(buffer);
        return buffer;
    }
}
