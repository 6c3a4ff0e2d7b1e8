using Iarnet.Resources;

namespace Iarnet.Actors;

/// <summary>What an actor group should be.</summary>
/// <param name="Name">Its name, unique in an engine.</param>
/// <param name="Language">The language of the functions that it runs: one of <see cref="Functions.FunctionLanguages"/>.</param>
/// <param name="Resources">What each replica needs.</param>
/// <param name="MinReplicas">How many actors to keep; at least 1.</param>
/// <param name="MaxReplicas">How many there may be; at least <paramref name="MinReplicas"/>.</param>
/// <param name="Concurrency">How many calls one actor runs at the same time; at least 1.</param>
public sealed record ActorGroupSpec(
    string Name,
    string Language,
    ResourceRequest Resources,
    int MinReplicas,
    int MaxReplicas,
    int Concurrency);
