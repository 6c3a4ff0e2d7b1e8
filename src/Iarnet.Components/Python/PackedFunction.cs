using System.Collections.Immutable;

namespace Iarnet.Components.Python;

/// <summary>A Python function in the form that travels.</summary>
/// <param name="Pickle">Its cloudpickle.</param>
/// <param name="Parameters">The names of its positional parameters.</param>
internal sealed record PackedFunction(ReadOnlyMemory<byte> Pickle, ImmutableArray<string> Parameters);
