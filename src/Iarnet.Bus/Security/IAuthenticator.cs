namespace Iarnet.Bus;

/// <summary>
/// Decides which clients a server of PLAIN or CURVE lets in. Asked once a connection, from any thread and for many connections at
/// a time. A connection whose answer does not come within the socket's handshake timeout is closed, and the token is cancelled.
/// An exception counts as a refusal.
/// </summary>
public interface IAuthenticator
{
    /// <summary>Decides about one client.</summary>
    ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken ct);
}
