namespace Iarnet.Components.Code;

/// <summary>An assembly that a function needs where it runs.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Path">Where it lies here.</param>
/// <param name="Sha256">The SHA-256 of its bytes.</param>
/// <param name="Size">Its size in bytes.</param>
internal sealed record CodeFile(string Name, string Path, ReadOnlyMemory<byte> Sha256, long Size);
