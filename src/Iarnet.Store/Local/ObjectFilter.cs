namespace Iarnet.Store;

/// <summary>Which objects are meant.</summary>
public sealed record ObjectFilter
{
    /// <summary>Those that this owner has references to; null for any.</summary>
    public string? Owner { get; init; }

    /// <summary>Those with this codec; null for any.</summary>
    public string? Codec { get; init; }
}
