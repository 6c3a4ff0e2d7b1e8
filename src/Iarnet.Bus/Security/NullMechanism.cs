using System.Buffers;

namespace Iarnet.Bus.Security;

/// <summary>NULL (RFC 37): both ends say READY, and nobody proves anything.</summary>
internal sealed class NullMechanism(ReadOnlyMemory<byte> metadata) : Mechanism(metadata)
{
    public const string MechanismName = "NULL";

    public override string Name => MechanismName;

    public override bool IsServer => false;

    public override void Start(IBufferWriter<byte> output) => HandshakeCommand.Write(output, HandshakeCommand.Ready, Metadata.Span);

    protected override HandshakeState Take(ReadOnlySpan<byte> command, IBufferWriter<byte> output)
    {
        if (!command.StartsWith(HandshakeCommand.Ready))
        {
            throw Unexpected(command, "READY");
        }

        PeerMetadata = CheckMetadata(command[HandshakeCommand.Ready.Length..]);
        return HandshakeState.Ready;
    }
}
