using System.Collections.Immutable;

namespace Iarnet.Functions;

/// <summary>Named code with parameters, language and options. Immutable; two definitions are the same when <see cref="Id"/> is.</summary>
/// <param name="Name">The name that people see, for example "Words.Count".</param>
/// <param name="Language">One of <see cref="FunctionLanguages"/>.</param>
/// <param name="Parameters">The names of the parameters that a caller fills, in order.</param>
/// <param name="Code">What it is made of.</param>
/// <param name="Options">How it is run.</param>
public sealed record FunctionDefinition(
    string Name,
    string Language,
    ImmutableArray<string> Parameters,
    FunctionCode Code,
    FunctionOptions Options)
{
    /// <summary>A name that is unique among the functions of a process; by default language and <see cref="Name"/>.</summary>
    public string Id { get; init; } = $"{Language}:{Name}";

    /// <summary>
    /// Whether its single parameter is an array that takes all arguments of a call, however many: each argument is an element,
    /// encoded and referenced by itself. False by default.
    /// </summary>
    public bool IsVariadic { get; init; }

    /// <summary>The actor group that runs it: stated, or derived by the rule of <see cref="FunctionOptions.Group"/>.</summary>
    public string GroupName => Options.Group
        ?? (Options.Resources == Resources.ResourceRequest.None && Options.MinReplicas is null && Options.MaxReplicas is null && Options.Concurrency == 1 ? Language : Name);

    /// <inheritdoc/>
    public bool Equals(FunctionDefinition? other) => other is not null && string.Equals(Id, other.Id, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Id);
}
