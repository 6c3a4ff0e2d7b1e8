namespace Iarnet.Resources;

/// <summary>What a provider, node or domain has.</summary>
/// <param name="Total">All of it.</param>
/// <param name="Used">The part that is reserved or in use.</param>
public sealed record ResourceCapacity(ResourceAmounts Total, ResourceAmounts Used)
{
    /// <summary>What is left.</summary>
    public ResourceAmounts Available => Total - Used;
}
