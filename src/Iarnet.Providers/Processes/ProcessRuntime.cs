using System.Collections.Immutable;

namespace Iarnet.Providers;

/// <summary>How components of one runtime are started as processes.</summary>
/// <param name="FileName">The program: a path, or a name that is looked up in PATH.</param>
public sealed record ProcessRuntime(string FileName)
{
    /// <summary>Its arguments, passed as they are, without a shell. Empty by default.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Variables for every component of this runtime. Empty by default. They win over what is inherited from the host.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Where its processes start; null, the default, for the host's own folder.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>
    /// Whether the program is a .NET one whose garbage-collected heap is held to the memory that a component asks for, by
    /// <c>DOTNET_GCHeapHardLimit</c>. False by default. What lies outside that heap is not counted: a limit for all of a process
    /// needs control groups, and a limit on address space would break .NET, which reserves far more than it uses.
    /// </summary>
    public bool LimitsDotNetHeap { get; init; }
}
