using System.Buffers;

namespace Iarnet.Rpc;

/// <summary>Where a marshaller reads one message from. What it hands out is valid only during the call.</summary>
public abstract class DeserializationContext
{
    /// <summary>The size in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>A copy of the bytes.</summary>
    public abstract byte[] PayloadAsNewBuffer();

    /// <summary>The bytes where they are.</summary>
    public abstract ReadOnlySequence<byte> PayloadAsReadOnlySequence();
}
