using System.Collections.Immutable;

namespace Iarnet.Functions;

/// <summary>A function of a Python source file. It travels as a cloudpickle, with what it closes over.</summary>
/// <param name="Path">The source file.</param>
/// <param name="Function">The name of the function in it.</param>
/// <param name="Requirements">Packages that must be importable where it runs, in the notation of pip ("textblob", "numpy>=1.24").</param>
public sealed record PythonFileCode(string Path, string Function, ImmutableArray<string> Requirements) : FunctionCode
{
    /// <inheritdoc/>
    public bool Equals(PythonFileCode? other) => other is not null
        && string.Equals(Path, other.Path, StringComparison.Ordinal)
        && string.Equals(Function, other.Function, StringComparison.Ordinal)
        && Requirements.AsSpan().SequenceEqual(other.Requirements.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, Function);
}
