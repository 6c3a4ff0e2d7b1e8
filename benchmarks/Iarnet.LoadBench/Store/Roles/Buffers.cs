namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Memory that both ends of a comparison use again and again.</summary>
internal static class Buffers
{
    // Not a power of two, so that no page looks like the one before.
    private const int Pattern = 1_000_003;

    /// <summary>An array that stays where it is and of which every page is there, with bytes that differ.</summary>
    public static byte[] Touched(int size)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        var pattern = buffer.AsSpan(0, Math.Min(Pattern, size));
        new Random(size).NextBytes(pattern);
        for (var at = pattern.Length; at < size; at += pattern.Length)
        {
            pattern[..Math.Min(pattern.Length, size - at)].CopyTo(buffer.AsSpan(at));
        }

        return buffer;
    }
}
