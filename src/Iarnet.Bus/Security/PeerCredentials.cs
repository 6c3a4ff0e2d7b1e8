namespace Iarnet.Bus.Security;

/// <summary>What a client claims to be (PLAIN) or has proved to own (CURVE).</summary>
internal sealed class PeerCredentials
{
    private PeerCredentials(string mechanism) => Mechanism = mechanism;

    public string Mechanism { get; }

    public string? UserName { get; private init; }

    public string? Password { get; private init; }

    public CurveKey? PublicKey { get; private init; }

    /// <summary>Who the authenticator says it is; set when it accepts.</summary>
    public string? UserId { get; set; }

    /// <summary>What an identity is bound to: the same for two connections exactly when one may take over the identity of the other.</summary>
    public string Principal => $"{Mechanism}:{(string.IsNullOrEmpty(UserId) ? UserName ?? PublicKey?.ToString() : UserId)}";

    public static PeerCredentials Plain(string user, string password) =>
        new(PlainServerMechanism.MechanismName) { UserName = user, Password = password };

    public static PeerCredentials Curve(CurveKey key) => new(CurveMechanism.MechanismName) { PublicKey = key };
}
