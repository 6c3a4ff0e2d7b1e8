using System.Buffers;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Security;

public sealed class HandshakeTests : IDisposable
{
    private readonly CurveKeyPair _clientKeys = CurveKeyPair.Generate();
    private readonly CurveKeyPair _serverKeys = CurveKeyPair.Generate();

    public void Dispose()
    {
        _clientKeys.Dispose();
        _serverKeys.Dispose();
    }

    [Fact]
    public void Two_ends_of_null_exchange_their_metadata()
    {
        var (client, server) = Handshakes.Shaken(BusSecurity.None, BusSecurity.None);
        Assert.False(client.Seals || client.IsServer || server.IsServer);
        Assert.Null(server.Credentials);
    }

    [Fact]
    public void A_server_of_plain_is_told_user_name_and_password()
    {
        var (client, server) = Handshakes.Shaken(BusSecurity.PlainClient("jürgen", "pass word"), BusSecurity.PlainServer());
        Assert.True(server.IsServer && !client.IsServer && !client.Seals);
        Assert.Equal("jürgen", server.Credentials!.UserName);
        Assert.Equal("pass word", server.Credentials.Password);
        Assert.Equal("PLAIN:jürgen", server.Credentials.Principal);
        server.Credentials.UserId = "u-17";
        Assert.Equal("PLAIN:u-17", server.Credentials.Principal);
    }

    [Fact]
    public void A_server_of_curve_learns_the_proven_key_of_the_client()
    {
        var (client, server) = Handshakes.Curve(_clientKeys, _serverKeys);
        Assert.True(server.IsServer && !client.IsServer && client.Seals && server.Seals);
        Assert.Equal(_clientKeys.PublicKey, server.Credentials!.PublicKey);
        Assert.Equal($"CURVE:{_clientKeys.PublicKey}", server.Credentials.Principal);
    }

    [Fact]
    public void The_commands_of_curve_have_the_sizes_of_the_rfc()
    {
        var client = BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey).Create(Handshakes.ClientBlock);
        var server = BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock);
        var hello = Handshakes.Said(client.Start);
        Assert.Equal(200, hello.Length);
        Assert.Equal("\u0005HELLO\u0001\0"u8.ToArray(), hello[..8]);
        Assert.Equal(1ul, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hello.AsSpan(112)));
        var welcome = Handshakes.Answer(server, hello, HandshakeState.Continue);
        Assert.Equal(168, welcome.Length);
        var initiate = Handshakes.Answer(client, welcome, HandshakeState.Continue);
        Assert.Equal(257 + Handshakes.ClientBlock.Length, initiate.Length);
        Assert.Equal(HandshakeState.Authenticate, Handshakes.Take(server, initiate));
        Assert.Equal(Handshakes.ClientBlock, server.PeerMetadata.ToArray());
        var ready = Handshakes.Said(output => Assert.Equal(HandshakeState.Ready, server.Accept(output)));
        Assert.Equal(30 + Handshakes.ServerBlock.Length, ready.Length);
        Assert.Equal(HandshakeState.Ready, Handshakes.Take(client, ready));
    }

    [Fact]
    public void A_client_that_is_denied_learns_a_code_and_not_why()
    {
        foreach (var (clientSide, serverSide) in Sides().Skip(1))
        {
            var client = clientSide.Create(Handshakes.ClientBlock);
            var error = Assert.Throws<ProtocolException>(() => Handshakes.Shake(client, serverSide.Create(Handshakes.ServerBlock), accept: false));
            Assert.Equal("the peer refused our credentials (code 400)", error.Message);
            Assert.True(client.RefusedByPeer);
        }
    }

    [Fact]
    public void An_error_of_the_peer_carries_its_reason()
    {
        foreach (var mechanism in Everyone())
        {
            var error = Assert.Throws<ProtocolException>(() => Handshakes.Take(mechanism, "\u0005ERROR\u0004late"u8));
            Assert.Equal("the peer refused: late", error.Message);
            Assert.True(mechanism.RefusedByPeer);
            Assert.Throws<ProtocolException>(() => Handshakes.Take(mechanism, "\u0005READY"u8));
        }
    }

    [Fact]
    public void A_client_of_curve_notices_another_server()
    {
        using var other = CurveKeyPair.Generate();
        var client = BusSecurity.CurveClient(_clientKeys, other.PublicKey).Create(Handshakes.ClientBlock);
        var server = BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock);
        var error = Assert.Throws<ProtocolException>(() => Handshakes.Shake(client, server));
        Assert.Contains("meant for a server with another key", error.Message, StringComparison.Ordinal);

        client = BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey).Create(Handshakes.ClientBlock);
        server = BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock);
        var welcome = Handshakes.Answer(server, Handshakes.Said(client.Start), HandshakeState.Continue);
        var stranger = BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey).Create(Handshakes.ClientBlock);
        error = Assert.Throws<ProtocolException>(() => Handshakes.Take(stranger, welcome));
        Assert.Contains("not the server whose key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorded_handshake_is_good_for_no_other_connection()
    {
        var client = BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey).Create(Handshakes.ClientBlock);
        var server = BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock);
        var hello = Handshakes.Said(client.Start);
        var initiate = Handshakes.Answer(client, Handshakes.Answer(server, hello, HandshakeState.Continue), HandshakeState.Continue);
        var replayed = BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock);
        Handshakes.Answer(replayed, hello, HandshakeState.Continue);
        var error = Assert.Throws<ProtocolException>(() => Handshakes.Take(replayed, initiate));
        Assert.Contains("cookie", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_cannot_show_a_key_that_it_does_not_own()
    {
        // The client seals its vouch with its own secret key, but shows the public key of another.
        using var victim = CurveKeyPair.Generate();
        using var thief = CurveKeyPair.FromSecretKey(_clientKeys.ExportSecretKey());
        typeof(CurveKeyPair).GetProperty(nameof(CurveKeyPair.PublicKey))!.SetValue(thief, victim.PublicKey);
        var client = BusSecurity.CurveClient(thief, _serverKeys.PublicKey).Create(Handshakes.ClientBlock);
        var server = BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock);
        var error = Assert.Throws<ProtocolException>(() => Handshakes.Shake(client, server));
        Assert.Contains("does not own the key", error.Message, StringComparison.Ordinal);
        Assert.Null(server.Credentials);
    }

    [Fact]
    public void A_client_has_one_key_and_no_second_spelling_of_it()
    {
        // X25519 ignores the highest bit: with it set, the same secret key would pass for a client that no list knows.
        using var disguised = CurveKeyPair.FromSecretKey(_clientKeys.ExportSecretKey());
        var spelling = disguised.PublicKey.ToArray();
        spelling[31] |= 0x80;
        typeof(CurveKeyPair).GetProperty(nameof(CurveKeyPair.PublicKey))!.SetValue(disguised, new CurveKey(spelling));
        var client = BusSecurity.CurveClient(disguised, _serverKeys.PublicKey).Create(Handshakes.ClientBlock);
        var server = BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock);
        var error = Assert.Throws<ProtocolException>(() => Handshakes.Shake(client, server));
        Assert.Contains("spelled", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xEC, 0x7F, true)]
    [InlineData(0xED, 0x7F, false)]
    [InlineData(0xFF, 0x7F, false)]
    [InlineData(0xEC, 0xFF, false)]
    [InlineData(0x00, 0x00, true)]
    public void A_key_is_spelled_as_a_number_below_the_prime(byte lowest, byte highest, bool canonical)
    {
        var bytes = new byte[CurveKey.Size];
        bytes.AsSpan().Fill(lowest == 0 ? (byte)0 : (byte)0xFF);
        (bytes[0], bytes[31]) = (lowest, highest);
        Assert.Equal(canonical, new CurveKey(bytes).IsCanonical);
    }

    [Fact]
    public void Keys_that_make_every_shared_key_the_same_are_refused()
    {
        Assert.Throws<ArgumentException>(() => BusSecurity.CurveClient(_clientKeys, default).Create(Handshakes.ClientBlock));
        var client = BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey).Create(Handshakes.ClientBlock);
        var hello = Handshakes.Said(client.Start);
        hello.AsSpan(80, 32).Clear();
        Assert.Throws<ProtocolException>(() => Handshakes.Take(BusSecurity.CurveServer(_serverKeys).Create(Handshakes.ServerBlock), hello));
    }

    [Fact]
    public void Nobody_goes_on_before_the_authenticator_has_decided()
    {
        foreach (var (clientSide, serverSide) in Sides().Skip(1))
        {
            var client = clientSide.Create(Handshakes.ClientBlock);
            var server = serverSide.Create(Handshakes.ServerBlock);
            Assert.Throws<InvalidOperationException>(() => server.Accept(new ArrayBufferWriter<byte>()));
            var said = Handshakes.Said(client.Start);
            while (true)
            {
                var output = new ArrayBufferWriter<byte>();
                if (server.Receive(said, output) == HandshakeState.Authenticate)
                {
                    break;
                }

                var answer = Handshakes.Said(to => to.Write(output.WrittenSpan));
                said = Handshakes.Answer(client, answer, HandshakeState.Continue);
            }

            Assert.Throws<ProtocolException>(() => Handshakes.Take(server, "\u0008INITIATE"u8));
        }
    }

    [Fact]
    public void A_key_pair_that_is_disposed_too_early_ends_the_connection_and_no_more()
    {
        foreach (var clientGoes in new[] { false, true })
        {
            using var going = CurveKeyPair.Generate();
            var client = BusSecurity.CurveClient(clientGoes ? going : _clientKeys, clientGoes ? _serverKeys.PublicKey : going.PublicKey).Create(Handshakes.ClientBlock);
            var server = BusSecurity.CurveServer(clientGoes ? _serverKeys : going).Create(Handshakes.ServerBlock);
            going.Dispose();
            var error = Assert.Throws<ProtocolException>(() => Handshakes.Shake(client, server));
            Assert.Contains("was disposed", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_command_after_the_handshake_is_refused()
    {
        foreach (var (clientSide, serverSide) in Sides())
        {
            var (client, server) = Handshakes.Shaken(clientSide, serverSide);
            Assert.Throws<ProtocolException>(() => Handshakes.Take(client, "\u0005READY"u8));
            Assert.Throws<ProtocolException>(() => Handshakes.Take(server, "\u0005READY"u8));
        }
    }

    [Fact]
    public void Metadata_has_a_limit_at_both_ends()
    {
        var huge = new byte[Mechanism.MaxMetadata + 1];
        Assert.Throws<ArgumentException>(() => BusSecurity.None.Create(huge));
        var mechanism = BusSecurity.None.Create(Handshakes.ClientBlock);
        Assert.Throws<ProtocolException>(() => Handshakes.Take(mechanism, [.. "\u0005READY"u8, .. huge]));

        var most = huge.AsMemory(1);
        var (client, server) = (BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey).Create(most), BusSecurity.CurveServer(_serverKeys).Create(most));
        Assert.Equal(HandshakeState.Ready, Handshakes.Shake(client, server));
        Assert.Equal(Mechanism.MaxMetadata, client.PeerMetadata.Length);
        Assert.Equal(Mechanism.MaxMetadata, server.PeerMetadata.Length);
    }

    [Fact]
    public void User_name_and_password_have_255_bytes_at_most()
    {
        Assert.Throws<ArgumentException>(() => BusSecurity.PlainClient(new string('u', 256), ""));
        Assert.Throws<ArgumentException>(() => BusSecurity.PlainClient("", new string('ü', 128)));
        var (_, server) = Handshakes.Shaken(BusSecurity.PlainClient(new string('u', 255), ""), BusSecurity.PlainServer());
        Assert.Equal(255, server.Credentials!.UserName!.Length);
        Assert.Empty(server.Credentials.Password!);
    }

    [Fact]
    public void The_greeting_names_the_mechanism_and_the_server()
    {
        foreach (var (clientSide, serverSide) in Sides())
        {
            var (client, server) = (clientSide.Create(default), serverSide.Create(default));
            var greetings = new byte[2][];
            for (var i = 0; i < 2; i++)
            {
                greetings[i] = new byte[ZmtpGreeting.Size];
                MechanismGreeting.Write(greetings[i], i == 0 ? client : server);
            }

            for (var arrived = 0; arrived <= ZmtpGreeting.Size; arrived++)
            {
                Assert.Null(MechanismGreeting.Judge(greetings[1].AsSpan(0, arrived), client));
                Assert.Null(MechanismGreeting.Judge(greetings[0].AsSpan(0, arrived), server));
            }

            if (clientSide != serverSide)
            {
                Assert.Null(MechanismGreeting.Judge(greetings[0], client));
                var error = Assert.Throws<ProtocolException>(() => Handshakes.Take(client, Handshakes.Said(clientSide.Create(default).Start)));
                Assert.Equal($"both ends are a client of {client.Name}: one of them must be the server", error.Message);
                Assert.Equal($"both ends are a server of {client.Name}", MechanismGreeting.Judge(greetings[1], server));
                Assert.Contains("this socket speaks NULL", MechanismGreeting.Judge(greetings[0], BusSecurity.None.Create(default)), StringComparison.Ordinal);
            }
        }
    }

    private IEnumerable<(BusSecurity Client, BusSecurity Server)> Sides()
    {
        yield return (BusSecurity.None, BusSecurity.None);
        yield return (BusSecurity.PlainClient("u", "p"), BusSecurity.PlainServer());
        yield return (BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey), BusSecurity.CurveServer(_serverKeys));
    }

    private IEnumerable<Mechanism> Everyone() =>
        Sides().SelectMany(sides => new[] { sides.Client.Create(Handshakes.ClientBlock), sides.Server.Create(Handshakes.ServerBlock) });
}
