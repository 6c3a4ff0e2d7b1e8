namespace Iarnet.Bus;

/// <summary>A client that wants to be let in.</summary>
public sealed class AuthenticationRequest
{
    /// <summary><c>PLAIN</c> or <c>CURVE</c>.</summary>
    public required string Mechanism { get; init; }

    /// <summary>Where the client is: address and port for TCP, empty for Unix sockets.</summary>
    public string Address { get; init; } = "";

    /// <summary>The endpoint of this socket that the connection belongs to.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>
    /// The identity that the client announces, null when it announces none. It has proved nothing about it. Always null with PLAIN,
    /// where clients announce it after they are let in.
    /// </summary>
    public PeerIdentity? Identity { get; init; }

    /// <summary>The user name of PLAIN, null with CURVE.</summary>
    public string? UserName { get; init; }

    /// <summary>The password of PLAIN, null with CURVE. Compare it in constant time, and do not log it.</summary>
    public string? Password { get; init; }

    /// <summary>The long-term public key of CURVE, null with PLAIN. The client has proved to own it.</summary>
    public CurveKey? PublicKey { get; init; }

    /// <summary>Says who asks, without the password.</summary>
    public override string ToString() => $"{Mechanism} client {UserName ?? PublicKey?.ToString()} at {(Address.Length > 0 ? Address : Endpoint)}";
}
