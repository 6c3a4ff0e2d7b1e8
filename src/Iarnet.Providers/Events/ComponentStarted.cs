namespace Iarnet.Providers;

/// <summary>A component was started.</summary>
/// <param name="At">When, by the clock of the provider.</param>
/// <param name="Id">The component.</param>
/// <param name="ProcessId">Its process, for providers whose components are processes of this machine.</param>
public sealed record ComponentStarted(DateTimeOffset At, ComponentId Id, int? ProcessId = null) : ComponentEvent(At);
