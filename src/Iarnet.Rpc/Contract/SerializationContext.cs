using System.Buffers;

namespace Iarnet.Rpc;

/// <summary>Where a marshaller writes one message.</summary>
public abstract class SerializationContext
{
    /// <summary>Announces the exact size before anything is written.</summary>
    public abstract void SetPayloadLength(int payloadLength);

    /// <summary>The place to write to; finished by <see cref="Complete()"/>.</summary>
    public abstract IBufferWriter<byte> GetBufferWriter();

    /// <summary>Ends a message that was written to <see cref="GetBufferWriter"/>.</summary>
    public abstract void Complete();

    /// <summary>Gives the whole message at once.</summary>
    public abstract void Complete(byte[] payload);
}
