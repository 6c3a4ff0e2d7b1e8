namespace Iarnet.Store.Streams;

/// <summary>An attached reader. Guarded by its stream's lock.</summary>
internal sealed class StreamCursor(long position)
{
    /// <summary>The offset of the chunk that it reads next.</summary>
    public long Position { get; set; } = position;

    public bool IsAttached { get; set; } = true;
}
