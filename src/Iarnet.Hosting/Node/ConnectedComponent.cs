namespace Iarnet;

/// <summary>A component that runs for a node.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Language">The language of its functions.</param>
/// <param name="Group">What it was started for: the front of its name.</param>
/// <param name="ProviderId">The provider that runs it.</param>
public sealed record ConnectedComponent(ComponentId Id, string Language, string Group, string ProviderId);
