using System.Buffers;
using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Security;

/// <summary>The server's end of PLAIN (RFC 24): the authenticator is asked between HELLO and WELCOME.</summary>
internal sealed class PlainServerMechanism(ReadOnlyMemory<byte> metadata) : Mechanism(metadata)
{
    public const string MechanismName = "PLAIN";

    private Step _step;

    private enum Step
    {
        Hello,
        Asking,
        Initiate,
    }

    public override string Name => MechanismName;

    public override bool IsServer => true;

    public override void Start(IBufferWriter<byte> output)
    {
        // The client speaks first.
    }

    public override HandshakeState Accept(IBufferWriter<byte> output)
    {
        if (_step != Step.Asking)
        {
            throw NotAsked();
        }

        _step = Step.Initiate;
        HandshakeCommand.Write(output, HandshakeCommand.Welcome, default);
        return HandshakeState.Continue;
    }

    protected override HandshakeState Take(ReadOnlySpan<byte> command, IBufferWriter<byte> output)
    {
        switch (_step)
        {
            case Step.Hello when command.StartsWith(HandshakeCommand.Hello):
                var (user, password) = PlainHello.Read(command[HandshakeCommand.Hello.Length..]);
                Credentials = PeerCredentials.Plain(user, password);
                _step = Step.Asking;
                return HandshakeState.Authenticate;
            case Step.Hello:
                throw Unexpected(command, "HELLO");
            case Step.Asking:
                throw new ProtocolException("the peer went on before it was welcome");
            default:
                if (!command.StartsWith(HandshakeCommand.Initiate))
                {
                    throw Unexpected(command, "INITIATE");
                }

                PeerMetadata = CheckMetadata(command[HandshakeCommand.Initiate.Length..]);
                HandshakeCommand.Write(output, HandshakeCommand.Ready, Metadata.Span);
                return HandshakeState.Ready;
        }
    }
}
