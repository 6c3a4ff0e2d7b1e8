namespace Iarnet.Bus.Connections;

/// <summary>The limits and times of a connection, as the options of a socket or of the component bus say.</summary>
internal sealed record ConnectionSettings
{
    public required string SocketType { get; init; }

    public ReadOnlyMemory<byte> Identity { get; init; }

    /// <summary>Bytes of all frames of one message, finished or not.</summary>
    public required long MaxMessageBytes { get; init; }

    public required int MaxFrames { get; init; }

    /// <summary>What a READY with its metadata may have, and far more than any other command needs.</summary>
    public const int CommandLimit = 8 * 1024;

    /// <summary>Bytes of a command: READY with its metadata, ERROR, PING.</summary>
    public required int MaxCommandBytes { get; init; }

    public required TimeSpan HandshakeTimeout { get; init; }

    public required int MaxHalfOpen { get; init; }

    /// <summary>Zero: no heartbeats of our own.</summary>
    public TimeSpan HeartbeatInterval { get; init; }

    public TimeSpan HeartbeatTimeout { get; init; }

    public required TimeSpan ReconnectDelay { get; init; }

    public required TimeSpan ReconnectDelayLimit { get; init; }

    public required TimeSpan Linger { get; init; }

    /// <summary>Which socket types may be at the other end (RFC 28).</summary>
    public bool Accepts(string peerType) => SocketType switch
    {
        "ROUTER" => peerType is "DEALER" or "ROUTER" or "REQ",
        _ => peerType is "ROUTER" or "DEALER" or "REP",
    };
}
