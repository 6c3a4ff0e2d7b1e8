using System.Collections.Immutable;

namespace Iarnet.Components.Worker;

/// <summary>A .NET method and the files that it needs.</summary>
/// <param name="Files">The assemblies, that of the method first.</param>
/// <param name="Assembly">The simple name of the method's assembly.</param>
/// <param name="Type">The full name of its type.</param>
/// <param name="Method">Its name.</param>
/// <param name="ParameterTypes">The types of its parameters, as <see cref="Code.TypeNames"/> writes them.</param>
public sealed record MethodManifest(ImmutableArray<CodeFileManifest> Files, string Assembly, string Type, string Method, ImmutableArray<string> ParameterTypes);
