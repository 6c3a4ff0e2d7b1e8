namespace Iarnet.Store;

/// <summary>A process that is connected to a store on its host.</summary>
/// <param name="Owner">Under which name it works.</param>
/// <param name="ProcessId">Its number, as it said itself.</param>
/// <param name="Leases">How many leases it has now.</param>
/// <param name="Bytes">The bytes of the objects that it has leased; one that is leased twice counts twice.</param>
public sealed record StoreReader(string Owner, int ProcessId, long Leases, long Bytes);
