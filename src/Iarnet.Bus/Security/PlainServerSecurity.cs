namespace Iarnet.Bus.Security;

internal sealed class PlainServerSecurity : BusSecurity
{
    public override string Mechanism => PlainServerMechanism.MechanismName;

    public override bool IsServer => true;

    // A password that nobody checks is worse than none: it looks like a check.
    internal override IAuthenticator DefaultAuthenticator => FixedAuthenticator.Nobody;

    internal override Mechanism Create(ReadOnlyMemory<byte> metadata) => new PlainServerMechanism(metadata);
}
