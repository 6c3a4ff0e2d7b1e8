namespace Iarnet.Bus.Security;

/// <summary>What a connection does after a command of the handshake.</summary>
internal enum HandshakeState
{
    /// <summary>It waits for the peer's next command.</summary>
    Continue,

    /// <summary>It asks the authenticator about <see cref="Mechanism.Credentials"/>, then calls <see cref="Mechanism.Accept"/> or <see cref="Mechanism.Deny"/>.</summary>
    Authenticate,

    /// <summary>The handshake is done.</summary>
    Ready,
}
