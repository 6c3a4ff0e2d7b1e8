namespace Iarnet.Bus.Security;

/// <summary>What a server without an authenticator decides.</summary>
internal sealed class FixedAuthenticator(AuthenticationResult result) : IAuthenticator
{
    public static FixedAuthenticator Everybody { get; } = new(AuthenticationResult.Accept(""));

    public static FixedAuthenticator Nobody { get; } =
        new(AuthenticationResult.Deny("this socket is a server of PLAIN without an authenticator, so it lets nobody in: set one, for example PlainAuthenticator"));

    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken ct) => new(result);
}
