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

    private const int Overhead = MessageBox.Head + 1;

    private readonly byte[] _sessionKey = NewSecret();

    // One counter for everything that this end says, and the last one of the peer: both ends agree on the order from HELLO on.
    private ulong _ownNonce;
    private ulong _peerNonce;
    private MessageBox? _sendBox;
    private MessageBox? _receiveBox;

    protected CurveMechanism(ReadOnlyMemory<byte> metadata)
        : base(metadata) => Sodium.Require();

    public override string Name => MechanismName;

    public override bool Seals => true;

    protected abstract ReadOnlySpan<byte> SendPrefix { get; }

    protected abstract ReadOnlySpan<byte> ReceivePrefix { get; }

    protected Span<byte> SessionKey => _sessionKey;

    private MessageBox SendBox => _sendBox ?? throw NotReady();

    private MessageBox ReceiveBox => _receiveBox ?? throw NotReady();

    private static ReadOnlySpan<byte> Message => "\u0007MESSAGE"u8;

    public override int SealedSize(int body) => ZmtpFrames.HeaderSize((long)body + Overhead) + Overhead + body;

    public override int Seal(byte flags, ReadOnlySpan<byte> body, Span<byte> target)
    {
        // RFC 26 calls MESSAGE a command, but libzmq sends it as a plain frame and takes what it opens for a command when the flag of
        // commands is set outside.
        var at = ZmtpFrames.WriteHeader(target, 0, (long)body.Length + Overhead);
        target = target.Slice(at, body.Length + Overhead);
        target[MessageBox.Head] = flags;
        body.CopyTo(target[(MessageBox.Head + 1)..]);
        Span<byte> nonce = stackalloc byte[ShortNonce];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, ++_ownNonce);
        SendBox.Seal(nonce, target);
        Message.CopyTo(target);
        nonce.CopyTo(target[Message.Length..]);
        return at + target.Length;
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

        var body = command.Length - Overhead;
        if (target.Length < body)
        {
            throw new ArgumentException($"The target has {target.Length} bytes, the message has {body}.", nameof(target));
        }

        var nonce = command.Slice(Message.Length, ShortNonce);
        var number = BinaryPrimitives.ReadUInt64BigEndian(nonce);
        CheckNonce(number, "MESSAGE");
        if (!ReceiveBox.TryOpen(command, nonce, target, out flags))
        {
            throw new ProtocolException("the peer's MESSAGE was not sealed with the key of this connection, or was changed on its way");
        }

        _peerNonce = number;
        return body;
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
        CheckNonce(number, command);
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

    /// <summary>Makes the keys of both directions from that of the session, which is not needed any more.</summary>
    protected void BeginMessages()
    {
        _sendBox = new MessageBox(SendPrefix, _sessionKey);
        _receiveBox = new MessageBox(ReceivePrefix, _sessionKey);
        CryptographicOperations.ZeroMemory(_sessionKey);
    }

    protected override void Forget()
    {
        Interlocked.Exchange(ref _sendBox, null)?.Forget();
        Interlocked.Exchange(ref _receiveBox, null)?.Forget();
        CryptographicOperations.ZeroMemory(_sessionKey);
    }

    private void CheckNonce(ulong number, string command)
    {
        if (number <= _peerNonce)
        {
            throw new ProtocolException($"the peer's {command} has the number {number}, which is not above {_peerNonce} of the command before it");
        }
    }

    private static InvalidOperationException NotReady() => new("CURVE seals and opens messages between the end of the handshake and the end of the connection.");
}
