namespace Iarnet.Bus.Connections;

/// <summary>The limits and times of a connection, as the options of a socket or of the component bus say.</summary>
internal sealed record ConnectionSettings
{
    public required string SocketType { get; init; }

    public ReadOnlyMemory<byte> Identity { get; init; }

    /// <summary>Told to every peer, as properties whose names begin with <c>X-</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public BusSecurity Security { get; init; } = BusSecurity.None;

    /// <summary>Who decides about clients; null: the mechanism's own default.</summary>
    public IAuthenticator? Authenticator { get; init; }

    /// <summary>Bytes of all frames of one message, finished or not.</summary>
    public required long MaxMessageBytes { get; init; }

    public required int MaxFrames { get; init; }

    /// <summary>What the metadata of a peer may have, and far more than any other command needs.</summary>
    public const int CommandLimit = 8 * 1024;

    private byte[]? _block;

    /// <summary>Bytes of a command: READY with its metadata, ERROR, PING.</summary>
    public required int MaxCommandBytes { get; init; }

    public required TimeSpan HandshakeTimeout { get; init; }

    public required int MaxHalfOpen { get; init; }

    /// <summary>Of those, the ones that one address may have.</summary>
    public int MaxHalfOpenPerAddress { get; init; } = int.MaxValue;

    /// <summary>Zero: no heartbeats of our own.</summary>
    public TimeSpan HeartbeatInterval { get; init; }

    public TimeSpan HeartbeatTimeout { get; init; }

    public required TimeSpan ReconnectDelay { get; init; }

    public required TimeSpan ReconnectDelayLimit { get; init; }

    public required TimeSpan Linger { get; init; }

    /// <summary>What this end tells of itself in the handshake.</summary>
    public ReadOnlyMemory<byte> MetadataBlock => _block ??= Wire.ZmtpMetadata.Write(SocketType, Identity.Span, Metadata);

    /// <summary>Which socket types may be at the other end (RFC 28).</summary>
    public bool Accepts(string peerType) => SocketType switch
    {
        "ROUTER" => peerType is "DEALER" or "ROUTER" or "REQ",
        _ => peerType is "ROUTER" or "DEALER" or "REP",
    };
}
