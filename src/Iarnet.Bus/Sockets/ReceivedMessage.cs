namespace Iarnet.Bus;

/// <summary>A message of one or more frames, with its own memory. Immutable.</summary>
public sealed class ReceivedMessage
{
    private readonly ReadOnlyMemory<byte>[] _frames;

    internal ReceivedMessage(PeerIdentity? peer, ReadOnlyMemory<byte>[] frames, long bytes)
    {
        Peer = peer;
        _frames = frames;
        Bytes = bytes;
    }

    /// <summary>Who sent it, when a ROUTER received it; otherwise null.</summary>
    public PeerIdentity? Peer { get; }

    /// <summary>The frames, without that of the identity.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Frames => _frames;

    /// <summary>The first frame, which is the whole message when it has only one.</summary>
    public ReadOnlyMemory<byte> Body => _frames[0];

    /// <summary>Bytes of all frames.</summary>
    public long Bytes { get; }
}
