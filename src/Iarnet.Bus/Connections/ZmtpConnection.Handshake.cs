using System.Buffers;
using Iarnet.Bus.Security;
using Iarnet.Bus.Transport;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

internal sealed partial class ZmtpConnection
{
    private readonly CancellationTokenSource _handshakeOver = new();
    private ITimer? _handshakeTimer;
    private AuthenticationResult? _decision;

    /// <summary>
    /// Everything of ours that depends on nothing is sent at once, as libzmq does: neither end waits for the other, and with NULL a
    /// connection is ready after one way there and one back.
    /// </summary>
    private void Greet()
    {
        _phase = Phase.Greeting;
        _handshakeTimer = _time.CreateTimer(
            static state => ((ZmtpConnection)state!).Fail("the handshake took too long"), this, _settings.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        Link.Start(this);
        var output = new ArrayBufferWriter<byte>(256);
        MechanismGreeting.Write(output.GetSpan(ZmtpGreeting.Size), Mechanism);
        output.Advance(ZmtpGreeting.Size);
        if (Mechanism is NullMechanism)
        {
            Mechanism.Start(output);
        }

        SendNow(output);
    }

    /// <summary>Takes what is whole; says up to where.</summary>
    private int TakeHandshake(byte[] buffer, int at, int end)
    {
        while (true)
        {
            switch (_phase)
            {
                case Phase.Greeting:
                    if (!TakeGreeting(buffer.AsSpan(at, Math.Min(end - at, ZmtpGreeting.Size))))
                    {
                        return at;
                    }

                    at += ZmtpGreeting.Size;
                    break;
                case Phase.Handshake:
                    var size = TakeCommand(buffer.AsSpan(at, end - at));
                    if (size == 0)
                    {
                        return at;
                    }

                    at += size;
                    break;
                default:
                    return at;
            }
        }
    }

    private bool TakeGreeting(ReadOnlySpan<byte> arrived)
    {
        if (MechanismGreeting.Judge(arrived, Mechanism) is { } problem)
        {
            throw new ProtocolException(problem);
        }

        if (arrived.Length < ZmtpGreeting.Size)
        {
            return false;
        }

        _phase = Phase.Handshake;
        if (Mechanism is not NullMechanism)
        {
            var output = new ArrayBufferWriter<byte>(256);
            Mechanism.Start(output);
            SendNow(output);
        }

        return true;
    }

    private int TakeCommand(ReadOnlySpan<byte> arrived)
    {
        var header = ZmtpFrames.ReadHeader(arrived, out var flags, out var length);
        if (arrived.Length > 0 && (flags & ~ZmtpFrames.Long) != ZmtpFrames.Command)
        {
            throw new ProtocolException("a frame of the peer's handshake is not a command");
        }

        if (header > 0 && length > (ulong)_settings.MaxCommandBytes)
        {
            throw new ProtocolException($"a command of the peer's handshake has {length} bytes, {_settings.MaxCommandBytes} are the most");
        }

        if (header == 0 || arrived.Length - header < (int)length)
        {
            return 0;
        }

        var output = new ArrayBufferWriter<byte>(256);
        var state = Mechanism.Receive(arrived.Slice(header, (int)length), output);
        SendNow(output);
        Follow(state);
        return header + (int)length;
    }

    private void Follow(HandshakeState state)
    {
        if (state == HandshakeState.Ready)
        {
            Join();
        }
        else if (state == HandshakeState.Authenticate)
        {
            _phase = Phase.Deciding;
            Link.Pause();
            _ = AskAsync(Request());
        }
    }

    private AuthenticationRequest Request()
    {
        var credentials = Mechanism.Credentials!;
        var identity = ReadOnlySpan<byte>.Empty;
        if (!Mechanism.PeerMetadata.IsEmpty && ZmtpMetadata.Read(Mechanism.PeerMetadata.Span, out _, out identity, out _) is { } problem)
        {
            throw new ProtocolException(problem);
        }

        return new AuthenticationRequest
        {
            Mechanism = credentials.Mechanism,
            Address = Link.Address is null ? "" : Remote["tcp://".Length..],
            Endpoint = Endpoint,
            Identity = identity.IsEmpty ? null : new PeerIdentity(identity),
            UserName = credentials.UserName,
            Password = credentials.Password,
            PublicKey = credentials.PublicKey,
        };
    }

    private async Task AskAsync(AuthenticationRequest request)
    {
        AuthenticationResult decision;
        try
        {
            var authenticator = _settings.Authenticator ?? _settings.Security.DefaultAuthenticator;
            // The answer of others must not keep the loop.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            decision = await authenticator.AuthenticateAsync(request, _handshakeOver.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            decision = AuthenticationResult.Deny($"the authenticator failed: {e.Message}");
        }

        Volatile.Write(ref _decision, decision);
        Loop.Post(this);
    }

    private void Decide()
    {
        var decision = _decision!;
        _decision = null;
        if (_phase != Phase.Deciding)
        {
            return;
        }

        var output = new ArrayBufferWriter<byte>(256);
        if (!decision.Accepted)
        {
            Mechanism.Deny(output);
            TrySendLast(output.WrittenMemory);
            End($"the authenticator refused: {decision.Reason}");
            return;
        }

        Mechanism.Credentials!.UserId = decision.UserId;
        _phase = Phase.Handshake;
        var state = Mechanism.Accept(output);
        SendNow(output);
        Follow(state);
        Release();
    }

    private void Join()
    {
        if (ZmtpMetadata.Read(Mechanism.PeerMetadata.Span, out var socketType, out var identity, out var application) is { } problem)
        {
            throw new ProtocolException(problem);
        }

        if (!_settings.Accepts(socketType))
        {
            throw new ProtocolException($"the peer is a '{socketType}', which a {_settings.SocketType} does not talk to");
        }

        PeerIdentity = identity.ToArray();
        PeerMetadata = application;
        Principal = Mechanism.Credentials?.Principal;
        StopHandshake();
        _phase = Phase.Open;
        HasJoined = true;
        _hub.Joined(this);
    }

    private void StopHandshake()
    {
        if (_handshakeTimer is not null)
        {
            _handshakeTimer.Dispose();
            _handshakeTimer = null;
            _handshakeOver.Cancel();
            _handshakeOver.Dispose();
        }
    }

    /// <summary>Tells the peer what it did wrong. One that sent garbage may not read: what the kernel does not take at once is not worth a wait.</summary>
    private void Refuse(string problem)
    {
        if (_phase is Phase.Greeting or Phase.Handshake && !Mechanism.RefusedByPeer)
        {
            var output = new ArrayBufferWriter<byte>(300);
            HandshakeCommand.WriteError(output, problem);
            TrySendLast(output.WrittenMemory);
        }
    }

    /// <summary>
    /// libzmq goes without a word when the ends do not fit, mostly before it has said what it is, because ours said all at once: what
    /// can be told is what of ours it may not like.
    /// </summary>
    private string WhyInHandshake() => _phase == Phase.Open
        ? ""
        : $" during the handshake (perhaps the peer does not speak {Mechanism.Name}, does not talk to a {_settings.SocketType}, or refuses our credentials)";

    private void TrySendLast(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            Link.TrySend([bytes]);
            Link.CloseSending();
        }
        catch (LinkBrokenException)
        {
            // It went first.
        }
    }

    private void SendNow(ArrayBufferWriter<byte> output)
    {
        if (output.WrittenCount > 0 && Link.TrySend([output.WrittenMemory]) != output.WrittenCount)
        {
            throw new LinkBrokenException("the peer did not take all of the handshake");
        }
    }
}
