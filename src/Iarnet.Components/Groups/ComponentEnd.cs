namespace Iarnet.Components.Groups;

/// <summary>How a component ended.</summary>
/// <param name="Reason">Why; null when it was told to.</param>
/// <param name="WasReady">Whether it had been ready.</param>
internal readonly record struct ComponentEnd(Exception? Reason, bool WasReady);
