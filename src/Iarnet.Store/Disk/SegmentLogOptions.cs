namespace Iarnet.Store.Disk;

internal sealed record SegmentLogOptions
{
    /// <summary>Made with mode 0700 when it is not there. One log a folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of all segment files together.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>A segment that has reached it takes no more. An object may be larger and then has a segment of its own.</summary>
    public long SegmentBytes { get; init; } = 256 << 20;

    /// <summary>Kept across restarts, and on the disk when an append completes; otherwise emptied at open and at close.</summary>
    public bool Durable { get; init; }

    /// <summary>Smaller than asked for when the limit is small: garbage has to fall off in pieces that are small beside it.</summary>
    public long EffectiveSegmentBytes => Math.Max(Math.Min(SegmentBytes, Limit / 8), 64 << 10);

    /// <summary>What appends leave free, so that a full log can still be compacted: the most that one compaction writes.</summary>
    public long Reserve => Limit == long.MaxValue ? 0 : EffectiveSegmentBytes * 3 / 4;

    public SegmentLogOptions Validated()
    {
        ArgumentException.ThrowIfNullOrEmpty(Folder);
        ArgumentOutOfRangeException.ThrowIfNegative(Limit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SegmentBytes);
        // A place in a segment is kept as a 32-bit count of 64 bytes.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, 64L << 30);
        return this;
    }
}
