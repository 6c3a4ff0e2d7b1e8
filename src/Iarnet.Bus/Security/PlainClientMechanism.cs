using System.Buffers;
using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Security;

/// <summary>The client's end of PLAIN (RFC 24): HELLO with user name and password, INITIATE after WELCOME.</summary>
internal sealed class PlainClientMechanism(ReadOnlyMemory<byte> metadata, ReadOnlyMemory<byte> hello) : Mechanism(metadata)
{
    private bool _welcome;

    public override string Name => PlainServerMechanism.MechanismName;

    public override bool IsServer => false;

    public override void Start(IBufferWriter<byte> output) => HandshakeCommand.Write(output, HandshakeCommand.Hello, hello.Span);

    protected override HandshakeState Take(ReadOnlySpan<byte> command, IBufferWriter<byte> output)
    {
        if (!_welcome)
        {
            if (!command.StartsWith(HandshakeCommand.Welcome))
            {
                throw NotWelcome(command);
            }

            if (command.Length != HandshakeCommand.Welcome.Length)
            {
                throw new ProtocolException($"the peer's WELCOME has {command.Length} bytes, {HandshakeCommand.Welcome.Length} were expected");
            }

            _welcome = true;
            HandshakeCommand.Write(output, HandshakeCommand.Initiate, Metadata.Span);
            return HandshakeState.Continue;
        }

        if (!command.StartsWith(HandshakeCommand.Ready))
        {
            throw Unexpected(command, "READY");
        }

        PeerMetadata = CheckMetadata(command[HandshakeCommand.Ready.Length..]);
        return HandshakeState.Ready;
    }
}
