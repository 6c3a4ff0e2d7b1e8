namespace QuickStart;

/// <summary>What one call counts: pieces of files, about as many bytes in each chunk.</summary>
/// <param name="Pieces">The pieces.</param>
public sealed record Chunk(FilePiece[] Pieces);

/// <summary>A part of a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where the part begins, in bytes.</param>
/// <param name="Length">How long it is, in bytes.</param>
public sealed record FilePiece(string Path, long Offset, long Length);

/// <summary>A word and how often it occurs.</summary>
/// <param name="Word">The word, in lower case.</param>
/// <param name="Count">How often.</param>
public sealed record WordCount(string Word, long Count);
