using Iarnet.Bus.Security;

namespace Iarnet.Bus;

/// <summary>
/// How the ends of a connection prove who they are, and whether what they say is encrypted. Both ends need the same mechanism, and
/// with PLAIN and CURVE one of them is the server, whichever end binds. Immutable; one object may serve many sockets.
/// </summary>
public abstract class BusSecurity
{
    private protected BusSecurity()
    {
    }

    /// <summary>NULL: nobody proves anything, nothing is encrypted. For Unix sockets in a private folder, and networks that are trusted.</summary>
    public static BusSecurity None { get; } = new NullSecurity();

    /// <summary>The mechanism's name as ZMTP has it: <c>NULL</c>, <c>PLAIN</c> or <c>CURVE</c>.</summary>
    public abstract string Mechanism { get; }

    /// <summary>Whether this end is the server of its mechanism: the one that decides about the other.</summary>
    public abstract bool IsServer { get; }

    /// <summary>Who decides about clients when the socket has no authenticator of its own.</summary>
    internal abstract IAuthenticator DefaultAuthenticator { get; }

    /// <summary>
    /// PLAIN as a client: user name and password go over the wire as they are, and nothing is encrypted. Use it on networks that
    /// nobody listens to, for telling peers apart rather than for keeping them out.
    /// </summary>
    /// <exception cref="ArgumentException">One of them has more than 255 bytes in UTF-8.</exception>
    public static BusSecurity PlainClient(string user, string password) => new PlainClientSecurity(PlainHello.Write(user, password));

    /// <summary>PLAIN as a server. Without an authenticator it refuses every client.</summary>
    public static BusSecurity PlainServer() => new PlainServerSecurity();

    /// <summary>
    /// CURVE as a client: everything is encrypted, and only the server that owns the key is talked to. The pair must not be disposed
    /// while a socket uses it.
    /// </summary>
    /// <exception cref="CurveUnavailableException">libsodium is not installed.</exception>
    public static BusSecurity CurveClient(CurveKeyPair own, CurveKey server) => new CurveClientSecurity(own, server);

    /// <summary>
    /// CURVE as a server: everything is encrypted, and clients know whom they talk to. Without an authenticator every client is
    /// let in that proves to own the key it shows, whichever that is: use <see cref="CurveAuthenticator"/> to let in known keys
    /// only. The pair must not be disposed while a socket uses it.
    /// </summary>
    /// <exception cref="CurveUnavailableException">libsodium is not installed.</exception>
    public static BusSecurity CurveServer(CurveKeyPair own) => new CurveServerSecurity(own);

    /// <summary>The mechanism's name and this end's part in it. Never a secret.</summary>
    public override string ToString() => IsServer ? $"{Mechanism} server" : Mechanism;

    /// <summary>This end of the handshake of one connection, which sends a metadata block.</summary>
    internal abstract Mechanism Create(ReadOnlyMemory<byte> metadata);
}
