using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>How a stream is made.</summary>
public sealed record StreamOptions
{
    internal static readonly StreamOptions Default = new();

    /// <summary>The name of the codec that made the chunks, 1 to 64 characters. Default: "raw".</summary>
    public string Codec { get; init; } = CodecNames.Raw;

    /// <summary>Who gets the reference, and whose the chunks are, 1 to 128 characters. Default null: the store's or the client's own owner.</summary>
    public string? Owner { get; init; }

    /// <summary>The stream's id when the caller makes it. Default null: the store makes one.</summary>
    public ObjectId? Id { get; init; }

    /// <summary>Words about the stream that travel with it: at most 64, 4 KiB of UTF-8 together. Default null: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// Whether chunks stay until the stream is released, so that late readers find all of them and the completed stream can be got as one object.
    /// Otherwise a chunk goes once every attached reader has passed it. Default true.
    /// </summary>
    public bool Retain { get; init; } = true;

    /// <summary>
    /// Most bytes that are written ahead of the slowest attached reader; a single chunk may be larger when it is the only one ahead. While no reader
    /// is attached, a retained stream grows as far as the store has room, and another one waits with this much. At least 1; default 16 MiB.
    /// </summary>
    public long BufferBytes { get; init; } = 16 << 20;

    /// <summary>Most chunks that are written ahead, as <see cref="BufferBytes"/>. At least 1; default 1,024.</summary>
    public int BufferChunks { get; init; } = 1024;

    /// <summary>
    /// How long a writer in another process may be away, when its connection broke, before the stream counts as abandoned; within it the writer may
    /// go on where it was. Up to one day; default 10 s.
    /// </summary>
    public TimeSpan WriterGrace { get; init; } = TimeSpan.FromSeconds(10);

    internal void Check()
    {
        StoreNames.CheckCodec(Codec);
        StoreNames.CheckMetadata(Metadata);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes, 1, nameof(BufferBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferChunks, 1, nameof(BufferChunks));
        ArgumentOutOfRangeException.ThrowIfLessThan(WriterGrace, TimeSpan.Zero, nameof(WriterGrace));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WriterGrace, TimeSpan.FromDays(1), nameof(WriterGrace));
    }
}
