using Iarnet.Actors;

namespace Iarnet.Components.Actors;

/// <summary>Something for the loop that sends: a call, or the cancellation of one when <paramref name="Call"/> is null.</summary>
internal readonly record struct Work(ulong Id, ActorCall? Call);
