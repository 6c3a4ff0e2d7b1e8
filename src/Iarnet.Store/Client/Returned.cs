using Iarnet.Objects;

namespace Iarnet.Store.Client;

/// <summary>What a client gives back: a lease by number or a reference by id.</summary>
internal readonly record struct Returned(ulong Lease, ObjectId Id, bool IsLease);
