namespace Iarnet.Bus.Security;

internal sealed class NullSecurity : BusSecurity
{
    public override string Mechanism => NullMechanism.MechanismName;

    public override bool IsServer => false;

    internal override IAuthenticator DefaultAuthenticator => FixedAuthenticator.Everybody;

    internal override Mechanism Create(ReadOnlyMemory<byte> metadata) => new NullMechanism(metadata);
}
