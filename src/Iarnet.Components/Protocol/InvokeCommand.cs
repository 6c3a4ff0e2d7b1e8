using Iarnet.Objects;

namespace Iarnet.Components.Protocol;

/// <summary><c>iarnet.actor.v1.Invoke</c> as it was read.</summary>
internal readonly record struct InvokeCommand(ulong CallId, uint Function, EncodedValue[] Arguments, uint Attempt, string Traceparent);
