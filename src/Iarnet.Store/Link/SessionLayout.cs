namespace Iarnet.Store.Link;

/// <summary>
/// What lies in a session's file: words that one side writes and the other reads, each in a cache line of its own; the slots in which the client
/// names the records that it reads; the ring of its small puts and releases.
/// </summary>
internal static class SessionLayout
{
    public const uint Magic = 0x3153_5849;
    public const uint Version = 1;

    public const int MagicAt = 0;
    public const int VersionAt = 4;

    /// <summary>Written by the client: slots from this one on were never used.</summary>
    public const int HighWaterAt = 64;

    /// <summary>Written by the client: bytes put into the ring in all.</summary>
    public const int HeadAt = 128;

    /// <summary>Written by the store: bytes taken out of the ring in all.</summary>
    public const int TailAt = 192;

    /// <summary>1 when the store looks only if it is told; the client that changes it to 0 tells.</summary>
    public const int SleepingAt = 256;

    /// <summary>Written by the store: what the client's objects in the ring may cost in all before it has to ask.</summary>
    public const int CreditAt = 320;

    public const int SlotsAt = 4096;
    public const int SlotCount = 16 * 1024;
    public const int RingAt = SlotsAt + (SlotCount * sizeof(ulong));
    public const int RingBytes = 1024 * 1024;
    public const int Length = RingAt + RingBytes;

    /// <summary>The largest object that goes through the ring.</summary>
    public const int LargestObject = 32 * 1024;

    /// <summary>What a slot says: a record and its generation; never zero, because generations in use are not.</summary>
    public static ulong Slot(int record, uint generation) => ((ulong)generation << 32) | (uint)(record + 1);
}
