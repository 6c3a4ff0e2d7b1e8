using System.Buffers.Binary;
using System.Security.Cryptography;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Security;

/// <summary>What both ends of CURVE (RFC 26) share: boxes, nonces, and MESSAGE after the handshake.</summary>
internal abstract class CurveMechanism : Mechanism
{
    public const string MechanismName = "CURVE";

    protected const int ShortNonce = 8;
    protected const int LongNonce = 16;

    private const int BoxAt = 8 + ShortNonce;
    private const int Overhead = BoxAt + Sodium.MacSize + 1;

    private readonly byte[] _sessionKey = NewSecret();

    // One counter for everything that this end says, and the last one of the peer: both ends agree on the order from HELLO on.
    private ulong _ownNonce;
    private ulong _peerNonce;

    protected CurveMechanism(ReadOnlyMemory<byte> metadata)
        : base(metadata) => Sodium.Require();

    public override string Name => MechanismName;

    public override bool Seals => true;

    protected abstract ReadOnlySpan<byte> SendPrefix { get; }

    protected abstract ReadOnlySpan<byte> ReceivePrefix { get; }

    protected Span<byte> SessionKey => _sessionKey;

    private static ReadOnlySpan<byte> Message => "\u0007MESSAGE"u8;

    public override int SealedSize(int body) => ZmtpFrames.HeaderSize((long)body + Overhead) + Overhead + body;

    public override int Seal(byte flags, ReadOnlySpan<byte> body, Span<byte> target)
    {
        var at = ZmtpFrames.WriteHeader(target, ZmtpFrames.Command, body.Length + Overhead);
        target = target.Slice(at, body.Length + Overhead);
        Message.CopyTo(target);
        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        SendPrefix.CopyTo(nonce);
        NextNonce(nonce);
        nonce[LongNonce..].CopyTo(target[Message.Length..]);
        var text = target[(BoxAt + Sodium.MacSize)..];
        text[0] = flags;
        body.CopyTo(text[1..]);
        Sodium.Seal(text, nonce, _sessionKey, target[BoxAt..]);
        return at + Overhead + body.Length;
    }

    public override int Open(ReadOnlySpan<byte> command, Span<byte> target, out byte flags)
    {
        if (!command.StartsWith(Message))
        {
            throw Unexpected(command, "MESSAGE");
        }

        if (command.Length < Overhead)
        {
            throw new ProtocolException($"the peer's MESSAGE has {command.Length} bytes, {Overhead} are the fewest");
        }

        Span<byte> nonce = stackalloc byte[Sodium.NonceSize];
        ReceivePrefix.CopyTo(nonce);
        TakeNonce(command[Message.Length..], nonce, "MESSAGE");
        var text = new byte[command.Length - Overhead + 1];
        if (!Sodium.TryOpen(command[BoxAt..], nonce, _sessionKey, text))
        {
            throw new ProtocolException("the peer's MESSAGE was not sealed with the key of this connection, or was changed on its way");
        }

        flags = text[0];
        text.AsSpan(1).CopyTo(target);
        return text.Length - 1;
    }

    protected static byte[] NewSecret() => GC.AllocateUninitializedArray<byte>(Sodium.KeySize, pinned: true);

    /// <summary>Makes a key pair for this connection only.</summary>
    protected static void NewPair(Span<byte> secret, Span<byte> publicKey)
    {
        RandomNumberGenerator.Fill(secret);
        Sodium.PublicKey(secret, publicKey);
    }

    /// <summary>Writes our next number into the last 8 bytes of a nonce.</summary>
    protected void NextNonce(Span<byte> nonce) => BinaryPrimitives.WriteUInt64BigEndian(nonce[LongNonce..], ++_ownNonce);

    /// <summary>Takes the peer's number from the first 8 bytes of the source into the last 8 of a nonce. It must be higher than every one before: what was recorded cannot be played again.</summary>
    protected void TakeNonce(ReadOnlySpan<byte> source, Span<byte> nonce, string command)
    {
        var number = BinaryPrimitives.ReadUInt64BigEndian(source);
        if (number <= _peerNonce)
        {
            throw new ProtocolException($"the peer's {command} has the number {number}, which is not above {_peerNonce} of the command before it");
        }

        _peerNonce = number;
        source[..ShortNonce].CopyTo(nonce[LongNonce..]);
    }

    protected static void CheckSize(ReadOnlySpan<byte> command, string name, int size)
    {
        if (command.Length != size)
        {
            throw new ProtocolException($"the peer's {name} has {command.Length} bytes, {size} were expected");
        }
    }

    protected override void Forget() => CryptographicOperations.ZeroMemory(_sessionKey);
}
