using System.Buffers;
using System.Security.Cryptography;
using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Security;

/// <summary>The client's end of CURVE (RFC 26): HELLO, INITIATE after WELCOME. It knows the server's key beforehand.</summary>
internal sealed class CurveClientMechanism : CurveMechanism
{
    private const int Cookie = 96;
    private const int Vouch = LongNonce + Sodium.MacSize + (2 * Sodium.KeySize);

    private readonly CurveKeyPair _own;
    private readonly byte[] _server;
    private readonly byte[] _shortSecret = NewSecret();
    private readonly byte[] _shortPublic = new byte[Sodium.KeySize];
    private readonly byte[] _helloKey = NewSecret();
    private bool _welcome;

    public CurveClientMechanism(ReadOnlyMemory<byte> metadata, CurveKeyPair own, CurveKey server)
        : base(metadata)
    {
        _own = own;
        _server = server.ToArray();
        NewPair(_shortSecret, _shortPublic);
        if (!Sodium.TrySharedKey(_server, _shortSecret, _helloKey))
        {
            throw new ArgumentException($"The server's key {server} is none that a server can have.", nameof(server));
        }
    }

    public override bool IsServer => false;

    protected override ReadOnlySpan<byte> SendPrefix => "CurveZMQMESSAGEC"u8;

    protected override ReadOnlySpan<byte> ReceivePrefix => "CurveZMQMESSAGES"u8;

    public override void Start(IBufferWriter<byte> output)
    {
        // Version 1.0, 72 zero bytes (so that a WELCOME is not longer than what provokes it), C', nonce, Box[64 zero bytes](C' to S).
        var rest = HandshakeCommand.Begin(output, HandshakeCommand.Hello, CurveServerMechanism.HelloSize - HandshakeCommand.Hello.Length, out var frame);
        rest.Clear();
        rest[0] = 1;
        _shortPublic.CopyTo(rest[74..]);
        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        "CurveZMQHELLO---"u8.CopyTo(nonce);
        NextNonce(nonce);
        nonce[LongNonce..].CopyTo(rest[106..]);
        Span<byte> zeros = stackalloc byte[64];
        zeros.Clear();
        Sodium.Seal(zeros, nonce, _helloKey, rest[114..]);
        output.Advance(frame);
    }

    protected override HandshakeState Take(ReadOnlySpan<byte> command, IBufferWriter<byte> output)
    {
        if (_welcome)
        {
            TakeReady(command);
            return HandshakeState.Ready;
        }

        if (!command.StartsWith(HandshakeCommand.Welcome))
        {
            throw NotWelcome(command);
        }

        CheckSize(command, "WELCOME", CurveServerMechanism.WelcomeSize);
        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        "WELCOME-"u8.CopyTo(nonce);
        command.Slice(8, LongNonce).CopyTo(nonce[8..]);
        Span<byte> text = stackalloc byte[Sodium.KeySize + Cookie];
        if (!Sodium.TryOpen(command[24..], nonce, _helloKey, text))
        {
            throw new ProtocolException("the peer's WELCOME cannot be opened: it is not the server whose key this client was given");
        }

        _welcome = true;
        SayInitiate(text[..Sodium.KeySize], text[Sodium.KeySize..], output);
        return HandshakeState.Continue;
    }

    protected override void Forget()
    {
        base.Forget();
        CryptographicOperations.ZeroMemory(_shortSecret);
        CryptographicOperations.ZeroMemory(_helloKey);
    }

    // Cookie, nonce, Box[C + vouch + metadata](C' to S'), where the vouch is nonce and Box[C' + S](C to S').
    private void SayInitiate(ReadOnlySpan<byte> serverShort, ReadOnlySpan<byte> cookie, IBufferWriter<byte> output)
    {
        Span<byte> vouchKey = stackalloc byte[Sodium.KeySize];
        if (!Sodium.TrySharedKey(serverShort, _shortSecret, SessionKey) || !Sodium.TrySharedKey(serverShort, _own.Secret(), vouchKey))
        {
            throw new ProtocolException("the key in the peer's WELCOME is none that a server can have");
        }

        var text = Sodium.KeySize + Vouch + Metadata.Length;
        var rest = HandshakeCommand.Begin(output, HandshakeCommand.Initiate, Cookie + ShortNonce + Sodium.MacSize + text, out var frame);
        cookie.CopyTo(rest);
        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        var plain = rest[(Cookie + ShortNonce + Sodium.MacSize)..];
        _own.PublicKey.CopyTo(plain);

        "VOUCH---"u8.CopyTo(nonce);
        RandomNumberGenerator.Fill(nonce[8..]);
        nonce[8..].CopyTo(plain[Sodium.KeySize..]);
        var vouch = plain[(Sodium.KeySize + LongNonce)..];
        _shortPublic.CopyTo(vouch[Sodium.MacSize..]);
        _server.CopyTo(vouch[(Sodium.MacSize + Sodium.KeySize)..]);
        Sodium.Seal(vouch.Slice(Sodium.MacSize, 2 * Sodium.KeySize), nonce, vouchKey, vouch);
        CryptographicOperations.ZeroMemory(vouchKey);
        Metadata.Span.CopyTo(plain[(Sodium.KeySize + Vouch)..]);

        "CurveZMQINITIATE"u8.CopyTo(nonce);
        NextNonce(nonce);
        nonce[LongNonce..].CopyTo(rest[Cookie..]);
        Sodium.Seal(plain, nonce, SessionKey, rest[(Cookie + ShortNonce)..]);
        output.Advance(frame);
    }

    private void TakeReady(ReadOnlySpan<byte> command)
    {
        if (!command.StartsWith(HandshakeCommand.Ready))
        {
            throw Unexpected(command, "READY");
        }

        var rest = command[HandshakeCommand.Ready.Length..];
        var size = rest.Length - ShortNonce - Sodium.MacSize;
        if (size is < 0 or > MaxMetadata)
        {
            throw new ProtocolException($"the peer's READY has {command.Length} bytes: {size} of metadata, 0 to {MaxMetadata} are allowed");
        }

        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        "CurveZMQREADY---"u8.CopyTo(nonce);
        TakeNonce(rest, nonce, "READY");
        var metadata = new byte[size];
        if (!Sodium.TryOpen(rest[ShortNonce..], nonce, SessionKey, metadata))
        {
            throw new ProtocolException("the peer's READY was not sealed with the key of this connection, or was changed on its way");
        }

        PeerMetadata = metadata;
        BeginMessages();
        CryptographicOperations.ZeroMemory(_shortSecret);
        CryptographicOperations.ZeroMemory(_helloKey);
    }
}
