namespace Iarnet.Store.Streams;

/// <summary>Where a chunk lies.</summary>
/// <param name="Block">The object that it is a part of, or the whole of.</param>
/// <param name="Start">Where in that object.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Position">Bytes of the stream before it.</param>
internal readonly record struct StreamChunk(UInt128 Block, int Start, int Size, long Position);
