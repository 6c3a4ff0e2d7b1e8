namespace Iarnet.Bus.Security;

internal sealed class PlainClientSecurity(ReadOnlyMemory<byte> hello) : BusSecurity
{
    public override string Mechanism => PlainServerMechanism.MechanismName;

    public override bool IsServer => false;

    internal override IAuthenticator DefaultAuthenticator => FixedAuthenticator.Everybody;

    internal override Mechanism Create(ReadOnlyMemory<byte> metadata) => new PlainClientMechanism(metadata, hello);
}
