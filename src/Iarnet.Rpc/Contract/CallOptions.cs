namespace Iarnet.Rpc;

/// <summary>What goes with a call besides its request.</summary>
/// <param name="Headers">Metadata to send; null for none.</param>
/// <param name="Deadline">When the call ends with <see cref="StatusCode.DeadlineExceeded"/>, in UTC; null for never. Enforced on both sides.</param>
/// <param name="CancellationToken">Ends the call with <see cref="StatusCode.Cancelled"/>, here and on the server.</param>
public readonly record struct CallOptions(Metadata? Headers = null, DateTime? Deadline = null, CancellationToken CancellationToken = default);
