namespace Iarnet.Providers;

/// <summary>A component ended and its resources are free again.</summary>
/// <param name="At">When, by the clock of the provider.</param>
/// <param name="Id">The component.</param>
/// <param name="Exit">How it ended.</param>
public sealed record ComponentExited(DateTimeOffset At, ComponentId Id, ComponentExit Exit) : ComponentEvent(At);
