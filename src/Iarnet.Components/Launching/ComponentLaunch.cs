using Iarnet.Resources;

namespace Iarnet.Components;

/// <summary>A component to be started.</summary>
/// <param name="Id">Its name, on the bus and where it is deployed.</param>
/// <param name="Runtime">What runs in it: one of <see cref="Functions.FunctionLanguages"/>.</param>
/// <param name="Resources">What it needs.</param>
/// <param name="Environment">The environment variables that it must see, besides those that its provider gives to every process.</param>
public sealed record ComponentLaunch(ComponentId Id, string Runtime, ResourceRequest Resources, IReadOnlyDictionary<string, string> Environment);
