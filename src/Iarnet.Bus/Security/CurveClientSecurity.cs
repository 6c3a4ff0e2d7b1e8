namespace Iarnet.Bus.Security;

internal sealed class CurveClientSecurity : BusSecurity
{
    private readonly CurveKeyPair _own;
    private readonly CurveKey _server;

    public CurveClientSecurity(CurveKeyPair own, CurveKey server)
    {
        ArgumentNullException.ThrowIfNull(own);
        Sodium.Require();
        _own = own;
        _server = server;
    }

    public override string Mechanism => CurveMechanism.MechanismName;

    public override bool IsServer => false;

    internal override IAuthenticator DefaultAuthenticator => FixedAuthenticator.Everybody;

    internal override Mechanism Create(ReadOnlyMemory<byte> metadata) => new CurveClientMechanism(metadata, _own, _server);
}
