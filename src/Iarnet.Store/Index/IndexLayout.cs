namespace Iarnet.Store.Index;

/// <summary>
/// Where what lies in the index, which is one range of pages: a header with the table of codecs, a byte for each record that readers set when they
/// read it, the records, and the slots of the hash table, one stretch for each size that the table may grow to.
/// </summary>
internal readonly record struct IndexLayout(int MaxRecords)
{
    public const uint Magic = 0x3149_5849;
    public const uint Version = 1;

    public const int MagicAt = 0;
    public const int VersionAt = 4;
    public const int MaxRecordsAt = 8;
    public const int LevelAt = 16;
    public const int CodecCountAt = 20;
    public const int SecretHighAt = 24;
    public const int SecretLowAt = 32;

    /// <summary>The names of codecs, each in a place of its own: two bytes of length, then UTF-8.</summary>
    public const int CodecsAt = 4096;
    public const int CodecBytes = 256;
    public const int MaxCodecs = 240;
    public const int HeaderBytes = 64 * 1024;

    /// <summary>The table's size is 2 to the power of its level.</summary>
    public const int FirstLevel = 10;

    public long TouchedAt => HeaderBytes;

    public long RecordsAt => Memory.Pages.RoundUp(TouchedAt + MaxRecords);

    public int LastLevel => Math.Max(FirstLevel, System.Numerics.BitOperations.Log2((uint)MaxRecords - 1) + 2);

    public long Length => SlotsAt(LastLevel + 1);

    private long FirstSlotsAt => Memory.Pages.RoundUp(RecordsAt + ((long)MaxRecords * Record.Bytes));

    /// <summary>The slots of a level: those of smaller levels come before.</summary>
    public long SlotsAt(int level) => FirstSlotsAt + (((1L << level) - (1L << FirstLevel)) * sizeof(ulong));
}
