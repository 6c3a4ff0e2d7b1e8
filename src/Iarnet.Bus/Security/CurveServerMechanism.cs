using System.Buffers;
using System.Security.Cryptography;
using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Security;

/// <summary>
/// The server's end of CURVE (RFC 26): WELCOME after HELLO, READY after INITIATE and the authenticator. What it must know of the
/// client between the two travels in the cookie; it keeps the cookie's key, which is good for this one handshake.
/// </summary>
internal sealed class CurveServerMechanism(ReadOnlyMemory<byte> metadata, CurveKeyPair own) : CurveMechanism(metadata)
{
    public const int HelloSize = 200;
    public const int WelcomeSize = 168;

    private const int CookieText = 2 * Sodium.KeySize;
    private const int Cookie = LongNonce + Sodium.MacSize + CookieText;
    private const int Proof = Sodium.KeySize + LongNonce + Sodium.MacSize + (2 * Sodium.KeySize);
    private const int InitiateSize = 9 + Cookie + ShortNonce + Sodium.MacSize + Proof;

    private readonly byte[] _cookieKey = NewSecret();
    private Step _step;

    private enum Step
    {
        Hello,
        Initiate,
        Asking,
    }

    public override bool IsServer => true;

    protected override ReadOnlySpan<byte> SendPrefix => "CurveZMQMESSAGES"u8;

    protected override ReadOnlySpan<byte> ReceivePrefix => "CurveZMQMESSAGEC"u8;

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

        var rest = HandshakeCommand.Begin(output, HandshakeCommand.Ready, ShortNonce + Sodium.MacSize + Metadata.Length, out var frame);
        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        "CurveZMQREADY---"u8.CopyTo(nonce);
        NextNonce(nonce);
        nonce[LongNonce..].CopyTo(rest);
        Sodium.Seal(Metadata.Span, nonce, SessionKey, rest[ShortNonce..]);
        output.Advance(frame);
        BeginMessages();
        return Finish();
    }

    protected override HandshakeState Take(ReadOnlySpan<byte> command, IBufferWriter<byte> output)
    {
        switch (_step)
        {
            case Step.Hello when command.StartsWith(HandshakeCommand.Hello):
                TakeHello(command, output);
                _step = Step.Initiate;
                return HandshakeState.Continue;
            case Step.Hello:
                throw Unexpected(command, "HELLO");
            case Step.Initiate when command.StartsWith(HandshakeCommand.Initiate):
                TakeInitiate(command);
                _step = Step.Asking;
                return HandshakeState.Authenticate;
            case Step.Initiate:
                throw Unexpected(command, "INITIATE");
            default:
                throw new ProtocolException("the peer went on before this end was ready");
        }
    }

    protected override void Forget()
    {
        base.Forget();
        CryptographicOperations.ZeroMemory(_cookieKey);
    }

    private void TakeHello(ReadOnlySpan<byte> command, IBufferWriter<byte> output)
    {
        CheckSize(command, "HELLO", HelloSize);
        if (command[6] != 1 || command[7] != 0)
        {
            throw new ProtocolException($"the peer speaks version {command[6]}.{command[7]} of CURVE, this socket speaks 1.0");
        }

        Span<byte> key = stackalloc byte[Sodium.KeySize];
        var clientShort = command.Slice(80, Sodium.KeySize);
        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        "CurveZMQHELLO---"u8.CopyTo(nonce);
        TakeNonce(command[112..], nonce, "HELLO");
        Span<byte> zeros = stackalloc byte[64];
        if (!Sodium.TrySharedKey(clientShort, own.Secret(), key) || !Sodium.TryOpen(command[120..], nonce, key, zeros))
        {
            throw new ProtocolException("the peer's HELLO cannot be opened: it was meant for a server with another key");
        }

        if (zeros.ContainsAnyExcept((byte)0))
        {
            throw new ProtocolException("the box in the peer's HELLO does not hold 64 zero bytes");
        }

        SayWelcome(clientShort, key, output);
        CryptographicOperations.ZeroMemory(key);
    }

    // Nonce, Box[S' + cookie](S to C'), where the cookie is nonce and SecretBox[C' + s'](cookie key).
    private void SayWelcome(ReadOnlySpan<byte> clientShort, ReadOnlySpan<byte> key, IBufferWriter<byte> output)
    {
        var rest = HandshakeCommand.Begin(output, HandshakeCommand.Welcome, WelcomeSize - HandshakeCommand.Welcome.Length, out var frame);
        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        var plain = rest[(LongNonce + Sodium.MacSize)..];
        var cookie = plain[Sodium.KeySize..];
        var box = cookie[LongNonce..];
        clientShort.CopyTo(box[Sodium.MacSize..]);
        NewPair(box.Slice(Sodium.MacSize + Sodium.KeySize, Sodium.KeySize), plain);

        RandomNumberGenerator.Fill(_cookieKey);
        "COOKIE--"u8.CopyTo(nonce);
        RandomNumberGenerator.Fill(nonce[8..]);
        nonce[8..].CopyTo(cookie);
        Sodium.Seal(box.Slice(Sodium.MacSize, CookieText), nonce, _cookieKey, box);

        "WELCOME-"u8.CopyTo(nonce);
        RandomNumberGenerator.Fill(nonce[8..]);
        nonce[8..].CopyTo(rest);
        Sodium.Seal(plain, nonce, key, rest[LongNonce..]);
        output.Advance(frame);
    }

    private void TakeInitiate(ReadOnlySpan<byte> command)
    {
        var size = command.Length - InitiateSize;
        if (size is < 0 or > MaxMetadata)
        {
            throw new ProtocolException($"the peer's INITIATE has {command.Length} bytes: {size} of metadata, 0 to {MaxMetadata} are allowed");
        }

        Span<byte> kept = stackalloc byte[CookieText];
        var text = new byte[Proof + size];
        try
        {
            Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
            "COOKIE--"u8.CopyTo(nonce);
            command.Slice(9, LongNonce).CopyTo(nonce[8..]);
            if (!Sodium.TryOpen(command.Slice(9 + LongNonce, Cookie - LongNonce), nonce, _cookieKey, kept))
            {
                throw new ProtocolException("the cookie in the peer's INITIATE is not the one that it was given");
            }

            // The cookie is good once.
            CryptographicOperations.ZeroMemory(_cookieKey);
            var clientShort = kept[..Sodium.KeySize];
            var ownShort = kept[Sodium.KeySize..];
            "CurveZMQINITIATE"u8.CopyTo(nonce);
            TakeNonce(command[(9 + Cookie)..], nonce, "INITIATE");
            if (!Sodium.TrySharedKey(clientShort, ownShort, SessionKey) || !Sodium.TryOpen(command[(9 + Cookie + ShortNonce)..], nonce, SessionKey, text))
            {
                throw new ProtocolException("the peer's INITIATE was not sealed with the key of this connection, or was changed on its way");
            }

            var key = new CurveKey(text.AsSpan(0, Sodium.KeySize));
            if (!key.IsCanonical)
            {
                throw new ProtocolException("the peer's key is spelled in a way that no key pair has: it would be one owner under two names");
            }

            CheckVouch(text, clientShort, ownShort);
            Credentials = PeerCredentials.Curve(key);
            PeerMetadata = text.AsMemory(Proof);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(kept);
        }
    }

    // The client owns C because it sealed C', which only this connection has, and S, so that no other server can pass the vouch on.
    private void CheckVouch(ReadOnlySpan<byte> text, ReadOnlySpan<byte> clientShort, ReadOnlySpan<byte> ownShort)
    {
        Span<byte> key = stackalloc byte[Sodium.KeySize];
        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        "VOUCH---"u8.CopyTo(nonce);
        text.Slice(Sodium.KeySize, LongNonce).CopyTo(nonce[8..]);
        Span<byte> vouched = stackalloc byte[2 * Sodium.KeySize];
        Span<byte> expected = stackalloc byte[2 * Sodium.KeySize];
        clientShort.CopyTo(expected);
        own.PublicKey.CopyTo(expected[Sodium.KeySize..]);
        var opened = Sodium.TrySharedKey(text[..Sodium.KeySize], ownShort, key)
            && Sodium.TryOpen(text[(Sodium.KeySize + LongNonce)..Proof], nonce, key, vouched)
            && CryptographicOperations.FixedTimeEquals(vouched, expected);
        CryptographicOperations.ZeroMemory(key);
        if (!opened)
        {
            throw new ProtocolException("the peer does not own the key that it shows: its vouch is not valid");
        }
    }
}
