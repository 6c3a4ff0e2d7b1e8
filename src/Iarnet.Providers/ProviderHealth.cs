namespace Iarnet.Providers;

/// <summary>Whether a provider could start components now.</summary>
/// <param name="IsHealthy">Whether it could.</param>
/// <param name="Text">What is wrong, or how it is: one line for a person.</param>
public sealed record ProviderHealth(bool IsHealthy, string Text);
