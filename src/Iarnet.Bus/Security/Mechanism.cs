using System.Buffers;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Security;

/// <summary>
/// One end of the handshake of one connection, and what its frames are sealed with afterwards. It does no I/O: commands of the peer
/// come in, whole frames go out. Not thread-safe, but <see cref="Seal"/> and <see cref="Open"/> may run beside each other.
/// <see cref="Dispose"/> may not: the keys are gone after it.
/// </summary>
internal abstract class Mechanism : IDisposable
{
    /// <summary>Most bytes of a metadata block, ours and the peer's.</summary>
    public const int MaxMetadata = 16 * 1024;

    /// <summary>
    /// A MESSAGE of up to so many bytes may be opened into a target that overlaps it in any way. A longer one into a target that does
    /// not overlap, or that begins where the text stands in the command, 33 bytes behind its begin.
    /// </summary>
    public const int OpenedBeside = 4096;

    /// <summary>Bit 0 of the flags inside a sealed frame.</summary>
    public const byte SealedMore = 1;

    /// <summary>Bit 1 of the flags inside a sealed frame. It is not where a frame's header has it: libzmq puts its own flags there.</summary>
    public const byte SealedCommand = 2;

    private bool _over;

    protected Mechanism(ReadOnlyMemory<byte> metadata)
    {
        if (metadata.Length > MaxMetadata)
        {
            throw new ArgumentException($"The metadata of a socket has {metadata.Length} bytes, {MaxMetadata} are the most.", nameof(metadata));
        }

        Metadata = metadata;
    }

    /// <summary>As the greeting says it.</summary>
    public abstract string Name { get; }

    /// <summary>The as-server bit of the greeting.</summary>
    public abstract bool IsServer { get; }

    /// <summary>The metadata block of the peer, unparsed: there when the handshake is done, on a server of CURVE already when it asks the authenticator.</summary>
    public ReadOnlyMemory<byte> PeerMetadata { get; protected set; }

    /// <summary>What the peer claims to be, on a server from <see cref="HandshakeState.Authenticate"/> on.</summary>
    public PeerCredentials? Credentials { get; protected set; }

    /// <summary>The peer ended the handshake with ERROR: connecting again with the same credentials is useless.</summary>
    public bool RefusedByPeer { get; private set; }

    /// <summary>Whether everything after the handshake travels in MESSAGE commands.</summary>
    public virtual bool Seals => false;

    protected ReadOnlyMemory<byte> Metadata { get; }

    /// <summary>Writes what this end says without being asked, once the greetings fit.</summary>
    public abstract void Start(IBufferWriter<byte> output);

    /// <summary>Takes the body of a command of the peer and writes the answer.</summary>
    /// <exception cref="ProtocolException">The peer broke the protocol, or refused.</exception>
    public HandshakeState Receive(ReadOnlySpan<byte> command, IBufferWriter<byte> output)
    {
        if (_over)
        {
            throw new ProtocolException("the peer sent a command of the handshake after its end");
        }

        if (HandshakeCommand.TryReadError(command, out var reason))
        {
            _over = true;
            RefusedByPeer = true;
            throw new ProtocolException(reason);
        }

        try
        {
            var state = Take(command, output);
            _over = state == HandshakeState.Ready;
            return state;
        }
        catch (ProtocolException)
        {
            _over = true;
            throw;
        }
        catch (ObjectDisposedException)
        {
            // The loop that carries all connections must not end because one key pair was disposed too early.
            _over = true;
            throw new ProtocolException("the key pair of this socket was disposed while the socket uses it");
        }
    }

    /// <summary>Goes on after the authenticator agreed.</summary>
    public virtual HandshakeState Accept(IBufferWriter<byte> output) => throw NotAsked();

    /// <summary>
    /// Ends the handshake after the authenticator refused. The peer learns the code 400 and no reason, as libzmq has it: which of
    /// user name and password is wrong is nothing to tell, and libzmq's monitors know the code.
    /// </summary>
    public void Deny(IBufferWriter<byte> output)
    {
        _over = true;
        HandshakeCommand.WriteError(output, "400");
    }

    /// <summary>Bytes of the whole frame that <see cref="Seal"/> writes for a body.</summary>
    public virtual int SealedSize(int body) => throw NotSealing();

    /// <summary>Writes one whole frame with the flags and the body sealed inside, and says how long it is. The body may lie anywhere but in the target.</summary>
    public virtual int Seal(byte flags, ReadOnlySpan<byte> body, Span<byte> target) => throw NotSealing();

    /// <summary>Opens a MESSAGE: the plain body, whose length it returns, and the flags.</summary>
    /// <exception cref="ProtocolException">It is no MESSAGE, not what the peer sealed, or one that came before.</exception>
    public virtual int Open(ReadOnlySpan<byte> command, Span<byte> target, out byte flags) => throw NotSealing();

    public void Dispose()
    {
        _over = true;
        Forget();
    }

    protected abstract HandshakeState Take(ReadOnlySpan<byte> command, IBufferWriter<byte> output);

    /// <summary>The end of a handshake that <see cref="Accept"/> brought about.</summary>
    protected HandshakeState Finish()
    {
        _over = true;
        return HandshakeState.Ready;
    }

    /// <summary>Overwrites what is secret.</summary>
    protected virtual void Forget()
    {
    }

    protected static ReadOnlyMemory<byte> CheckMetadata(ReadOnlySpan<byte> metadata) => metadata.Length <= MaxMetadata
        ? metadata.ToArray()
        : throw new ProtocolException($"the peer's metadata has {metadata.Length} bytes, {MaxMetadata} are the most");

    protected static ProtocolException Unexpected(ReadOnlySpan<byte> command, string expected) => new(command.IsEmpty
        ? $"the peer sent an empty command, {expected} was expected"
        : $"the peer sent the command '{ZmtpGreeting.Printable(command.Slice(1, Math.Min(command[0], Math.Min(command.Length - 1, 16))))}', {expected} was expected");

    /// <summary>What a client says of a command that is not the server's WELCOME.</summary>
    protected ProtocolException NotWelcome(ReadOnlySpan<byte> command) => command.StartsWith(HandshakeCommand.Hello)
        ? new ProtocolException($"both ends are a client of {Name}: one of them must be the server")
        : Unexpected(command, "WELCOME");

    protected InvalidOperationException NotAsked() => new($"{Name} did not ask for an authentication.");

    private InvalidOperationException NotSealing() => new($"{Name} seals no messages.");
}
