using System.Buffers;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Security;

namespace Iarnet.Bus.Tests.Security;

/// <summary>What a hostile peer may say in a handshake: whatever it is, it is refused with a text, or is what a peer may say.</summary>
public sealed class MutationTests : IDisposable
{
    private const int Mutations = 100_000;
    private const int Seed = 20_261_121;

    private readonly CurveKeyPair _clientKeys = CurveKeyPair.Generate();
    private readonly CurveKeyPair _serverKeys = CurveKeyPair.Generate();
    private readonly Mechanism _client;
    private readonly Mechanism _server;

    public MutationTests()
    {
        _client = BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey).Create(Handshakes.ClientBlock);
        _server = BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _clientKeys.Dispose();
        _serverKeys.Dispose();
    }

    [Fact]
    public void Null_ready() => Try(BusSecurity.None.Create(Handshakes.ServerBlock), [.. "\u0005READY"u8, .. Handshakes.ClientBlock], StillReady);

    [Fact]
    public void Plain_hello()
    {
        var client = BusSecurity.PlainClient("user", "password").Create(Handshakes.ClientBlock);
        Try(BusSecurity.PlainServer().Create(Handshakes.ServerBlock), Handshakes.Said(client.Start), (mechanism, command) =>
            Assert.Equal(command.Length, 8 + Bytes(mechanism.Credentials!.UserName!) + Bytes(mechanism.Credentials.Password!)));

        static int Bytes(string text) => System.Text.Encoding.UTF8.GetByteCount(text);
    }

    [Fact]
    public void Plain_welcome()
    {
        var client = BusSecurity.PlainClient("user", "password").Create(Handshakes.ClientBlock);
        client.Start(new ArrayBufferWriter<byte>());
        Try(client, "\u0007WELCOME"u8.ToArray(), (_, command) => Assert.Equal("\u0007WELCOME"u8.ToArray(), command));
    }

    [Fact]
    public void Plain_initiate()
    {
        var server = BusSecurity.PlainServer().Create(Handshakes.ServerBlock);
        Handshakes.Take(server, "\u0005HELLO\u0001u\u0001p"u8);
        server.Accept(new ArrayBufferWriter<byte>());
        Try(server, [.. "\u0008INITIATE"u8, .. Handshakes.ClientBlock], (mechanism, command) =>
            Assert.Equal(command, (byte[])[.. "\u0008INITIATE"u8, .. mechanism.PeerMetadata.Span]));
    }

    [Fact]
    public void Plain_ready()
    {
        var client = BusSecurity.PlainClient("user", "password").Create(Handshakes.ClientBlock);
        Handshakes.Take(client, "\u0007WELCOME"u8);
        Try(client, [.. "\u0005READY"u8, .. Handshakes.ServerBlock], StillReady);
    }

    [Fact]
    public void Curve_hello()
    {
        var hello = Handshakes.Said(_client.Start);
        Try(_server, hello, (_, command) =>
        {
            // Only the filler is not protected by the box, and the highest bit of a key, which X25519 ignores: INITIATE gives it away.
            hello.AsSpan(8, 72).CopyTo(command.AsSpan(8));
            command[111] = (byte)((command[111] & 0x7F) | (hello[111] & 0x80));
            Assert.Equal(hello, command);
        });
    }

    [Fact]
    public void Curve_welcome()
    {
        var welcome = Handshakes.Answer(_server, Handshakes.Said(_client.Start), HandshakeState.Continue);
        Try(_client, welcome, (_, command) => Assert.Equal(welcome, command));
    }

    [Fact]
    public void Curve_initiate()
    {
        var welcome = Handshakes.Answer(_server, Handshakes.Said(_client.Start), HandshakeState.Continue);
        var initiate = Handshakes.Answer(_client, welcome, HandshakeState.Continue);
        Try(_server, initiate, (_, command) => Assert.Equal(initiate, command));
    }

    [Fact]
    public void Curve_ready()
    {
        var welcome = Handshakes.Answer(_server, Handshakes.Said(_client.Start), HandshakeState.Continue);
        Handshakes.Take(_server, Handshakes.Answer(_client, welcome, HandshakeState.Continue));
        var ready = Handshakes.Said(output => _server.Accept(output));
        Try(_client, ready, (_, command) => Assert.Equal(ready, command));
    }

    [Fact]
    public void Curve_message()
    {
        var (client, server) = Handshakes.Curve(_clientKeys, _serverKeys);
        var frame = new byte[client.SealedSize(100)];
        client.Seal(Mechanism.SealedMore, new byte[100], frame);
        var message = frame[2..];
        var random = new Random(Seed);
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = Mutate(message, random);
            if (!mutated.AsSpan().SequenceEqual(message))
            {
                Assert.Throws<ProtocolException>(() => server.Open(mutated, new byte[mutated.Length], out _));
            }
        }

        Assert.Equal(100, server.Open(message, new byte[100], out _));
    }

    private static void StillReady(Mechanism mechanism, byte[] command) =>
        Assert.Equal(command, (byte[])[.. "\u0005READY"u8, .. mechanism.PeerMetadata.Span]);

    // From one state on: every truncation, then mutations. What is taken is shown to the check.
    private static void Try(Mechanism state, byte[] command, Action<Mechanism, byte[]> check)
    {
        Assert.True(Tried(state, command, check));
        var refused = 0;
        for (var length = 0; length < command.Length; length++)
        {
            refused += Tried(state, command[..length], check) ? 0 : 1;
        }

        Assert.InRange(refused, 1, command.Length);
        var random = new Random(Seed);
        for (var i = 0; i < Mutations; i++)
        {
            Tried(state, Mutate(command, random), check);
        }
    }

    private static bool Tried(Mechanism state, byte[] command, Action<Mechanism, byte[]> check)
    {
        var mechanism = Handshakes.Copy(state);
        try
        {
            mechanism.Receive(command, new ArrayBufferWriter<byte>());
        }
        catch (ProtocolException e)
        {
            Assert.NotEmpty(e.Message);
            Assert.Same(state.Credentials, mechanism.Credentials);
            return false;
        }

        check(mechanism, command);
        return true;
    }

    private static byte[] Mutate(byte[] command, Random random)
    {
        var bytes = command.ToList();
        for (var changes = random.Next(3); changes >= 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(40), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(200), bytes.Count - at)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
