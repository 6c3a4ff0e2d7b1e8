namespace Iarnet.Bus;

/// <summary>What a component says of itself when it connects.</summary>
/// <param name="Language">"dotnet", "python", "nodejs".</param>
/// <param name="RuntimeVersion">The runtime's own version text, for people.</param>
/// <param name="ProcessId">The process id on the component's machine.</param>
/// <param name="Incarnation">Random per process start: a new value means that the component has forgotten everything.</param>
public sealed record BusReady(string Language, string RuntimeVersion, int ProcessId, ulong Incarnation);
