namespace Iarnet.Store;

/// <summary>Figures of a store at one moment.</summary>
/// <param name="Objects">Objects that can be read.</param>
/// <param name="Bytes">Bytes taken: by objects, unfinished ones, what their blocks waste, and idle segments.</param>
/// <param name="SharedBytes">The part of <paramref name="Bytes"/> in segment files.</param>
/// <param name="IdleBytes">The part of <paramref name="SharedBytes"/> in segments that wait for an object.</param>
/// <param name="LimitBytes">What <paramref name="Bytes"/> may reach.</param>
/// <param name="Leases">Leases not given back, in any process.</param>
/// <param name="Unfinished">Objects that were begun and are not sealed.</param>
public readonly record struct StoreStatistics(long Objects, long Bytes, long SharedBytes, long IdleBytes, long LimitBytes, long Leases, long Unfinished);
