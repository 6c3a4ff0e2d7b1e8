using System.Collections.Immutable;

namespace Iarnet.Components.Worker;

/// <summary>A function as the engine describes it to a component.</summary>
/// <param name="Name">The name that people see.</param>
/// <param name="Parameters">The names of its parameters.</param>
/// <param name="IsVariadic">Whether its one parameter is an array of all arguments.</param>
/// <param name="Method">The method, when it is .NET code; null otherwise.</param>
public sealed record FunctionManifest(string Name, ImmutableArray<string> Parameters, bool IsVariadic, MethodManifest? Method);
