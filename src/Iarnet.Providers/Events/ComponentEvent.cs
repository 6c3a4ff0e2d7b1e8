namespace Iarnet.Providers;

/// <summary>Something that happened to the components of a provider.</summary>
/// <param name="At">When, by the clock of the provider.</param>
public abstract record ComponentEvent(DateTimeOffset At);
