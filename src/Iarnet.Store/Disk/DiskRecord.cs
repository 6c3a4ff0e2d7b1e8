using Iarnet.Objects;

namespace Iarnet.Store.Disk;

/// <summary>What is written beside the bytes of an object.</summary>
/// <param name="Id">Its name. The log does not care whether two records have the same.</param>
/// <param name="Codec">At most 1024 bytes of UTF-8.</param>
/// <param name="Owner">At most 4096 bytes of UTF-8.</param>
/// <param name="Metadata">Opaque, at most 64 KiB.</param>
/// <param name="ExpiresAtUnixMs">0 for never. The log only keeps it.</param>
internal readonly record struct DiskRecord(ObjectId Id, string Codec, string Owner, byte[]? Metadata = null, long ExpiresAtUnixMs = 0);
