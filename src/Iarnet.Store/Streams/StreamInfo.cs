using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>What the store knows of a stream.</summary>
/// <param name="Reference">Its reference.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="First">The offset of the first chunk that is still there.</param>
/// <param name="Next">The offset of the next chunk to be written: how many there were so far.</param>
/// <param name="Bytes">Bytes written so far.</param>
/// <param name="Readers">How many readers are attached.</param>
public sealed record StreamInfo(ObjectRef Reference, StreamState State, long First, long Next, long Bytes, int Readers)
{
    /// <summary>Why it failed or was abandoned; null when it did not and was not.</summary>
    public string? Error { get; init; }
}
