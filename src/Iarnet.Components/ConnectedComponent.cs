namespace Iarnet.Components;

/// <summary>A component that is ready for calls.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Group">The actor group that it belongs to.</param>
/// <param name="Language">The language of its functions.</param>
/// <param name="ProcessId">Its process, as it names it itself: on another machine or in a container the number means nothing here.</param>
public sealed record ConnectedComponent(ComponentId Id, string Group, string Language, int ProcessId);
