namespace Iarnet.Bus.Security;

internal sealed class CurveServerSecurity : BusSecurity
{
    private readonly CurveKeyPair _own;

    public CurveServerSecurity(CurveKeyPair own)
    {
        ArgumentNullException.ThrowIfNull(own);
        Sodium.Require();
        _own = own;
    }

    public override string Mechanism => CurveMechanism.MechanismName;

    public override bool IsServer => true;

    internal override IAuthenticator DefaultAuthenticator => FixedAuthenticator.Everybody;

    internal override Mechanism Create(ReadOnlyMemory<byte> metadata) => new CurveServerMechanism(metadata, _own);
}
