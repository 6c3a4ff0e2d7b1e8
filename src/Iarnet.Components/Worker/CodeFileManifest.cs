using System.Collections.Immutable;
using Iarnet.Objects;

namespace Iarnet.Components.Worker;

/// <summary>A file of code.</summary>
/// <param name="Name">Its name, without a folder.</param>
/// <param name="Sha256">The SHA-256 of its bytes.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Object">Where its bytes lie.</param>
public sealed record CodeFileManifest(string Name, ImmutableArray<byte> Sha256, long Size, ObjectRef Object);
