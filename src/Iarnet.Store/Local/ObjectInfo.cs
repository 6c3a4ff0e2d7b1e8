namespace Iarnet.Store;

/// <summary>What the store knows of an object.</summary>
/// <param name="Codec">The name of the codec that made the bytes.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="References">How many references keep it.</param>
/// <param name="Leases">How many readers look at it now, in any process.</param>
/// <param name="IsShared">Whether it lies in shared memory.</param>
public readonly record struct ObjectInfo(string Codec, long Size, int References, int Leases, bool IsShared);
