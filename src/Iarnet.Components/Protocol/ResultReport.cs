using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Protocol;

/// <summary><c>iarnet.actor.v1.Result</c> as it was read: a value unless it was cancelled or has an error.</summary>
internal readonly record struct ResultReport(ulong CallId, EncodedValue Value, Error? Error, bool Canceled, ulong ComputeNanoseconds, ulong QueuedNanoseconds);
