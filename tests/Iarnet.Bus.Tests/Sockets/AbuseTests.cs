using System.Buffers.Binary;
using Iarnet.Bus.Tests.Peers;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Sockets;

/// <summary>What a hostile or broken peer sends ends that peer's connection, is told once, and changes nothing for the others.</summary>
public sealed class AbuseTests
{
    public static TheoryData<string, string> Garbage => new()
    {
        { "474554202F20485454502F312E310D0A0D0A", "first byte" },
        { "FF00000000000000017F01", "ZMTP 1" },
        { "FF00000000000000017F0301504C41494E" + new string('0', 30) + new string('0', 64), "mechanism" },
        { Greeting + "0003010203", "not a command" },
        { Greeting + "06FFFFFFFFFFFFFFFF", "are the most" },
        { Greeting + "0600000000000020010000", "are the most" },
        { Greeting + "040605524541445A", "READY was expected" },
        { Greeting + "040805455252" + "4F52" + "0142", "refused: B" },
        { Greeting + "0419" + "055245414459" + "0B" + "536F636B65742D54797065" + "000000035055" + "42", "'PUB'" },
        { Greeting + "040C" + "055245414459" + "0141" + "FFFFFFFF", "longer than its metadata" },
        { Greeting + "040A" + "055245414459" + "0B536F63", "ends inside" },
    };

    private static string Greeting
    {
        get
        {
            var bytes = new byte[ZmtpGreeting.Size];
            ZmtpGreeting.Write(bytes);
            return Convert.ToHexString(bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task A_garbage_handshake_ends_its_own_connection_with_one_event(string hex, string reason)
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions());
        using var raw = await RawPeer.ConnectAsync(fixture.Endpoint);
        await raw.SendAsync(Convert.FromHexString(hex));
        var failed = await fixture.Events.Until<HandshakeFailed>().Within();
        Assert.Contains(reason, failed.Reason, StringComparison.Ordinal);
        await raw.ReadToEndAsync();
        await fixture.AssertOthersLiveAsync();
        Assert.Single(fixture.Events.All);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(256)]
    public async Task An_identity_that_begins_with_zero_or_is_too_long_is_refused(int length)
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions());
        var identity = new byte[length];
        identity[^1] = 1;
        using var raw = await RawPeer.ConnectAsync(fixture.Endpoint);
        await raw.SendAsync(RawPeer.Opening("DEALER", identity));
        Assert.Contains("identity", (await fixture.Events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_handshake_ends_when_its_time_is_over()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        using var raw = await RawPeer.ConnectAsync(fixture.Endpoint);
        await raw.SendAsync(Convert.FromHexString(Greeting)[..20]);
        Assert.Contains("too long", (await fixture.Events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        await raw.ReadToEndAsync();
        await fixture.AssertOthersLiveAsync();
    }

    [Fact]
    public async Task A_flood_of_half_open_connections_displaces_itself_and_not_those_who_mean_it()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions { MaxHalfOpenConnections = 8 });
        List<RawPeer> flood = [];
        for (var i = 0; i < 40; i++)
        {
            flood.Add(await RawPeer.ConnectAsync(fixture.Endpoint));
        }

        for (var i = 0; i < 40 - 8; i++)
        {
            Assert.Contains("made themselves known", (await fixture.Events.Until<HandshakeFailed>().Within()).Reason, StringComparison.Ordinal);
        }

        await using var honest = new DealerSocket(new BusSocketOptions { Identity = new PeerIdentity("honest") });
        honest.Connect(fixture.Endpoint);
        await honest.SendAsync("hi"u8.ToArray()).Within();
        Assert.Equal(new PeerIdentity("honest"), (await fixture.Router.ReceiveAsync().Within()).Peer);
        await fixture.AssertOthersLiveAsync();
        flood.ForEach(static raw => raw.Dispose());
    }

    [Theory]
    [InlineData(1025L)]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public async Task A_frame_over_the_limit_is_refused_on_its_header_alone(long announced)
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions { MaxMessageBytes = 1024 });
        using var raw = await fixture.JoinAsync();
        var before = GC.GetTotalAllocatedBytes();
        var header = new byte[ZmtpFrames.LongHeader];
        header[0] = ZmtpFrames.Long;
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(1), announced);
        await raw.SendAsync(header);
        Assert.Contains("1024 bytes are the most", (await fixture.Events.Until<PeerDisconnected>().Within()).Reason, StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 << 20, "the announced size was allocated");
        await fixture.AssertOthersLiveAsync();
    }

    [Fact]
    public async Task An_announced_size_costs_memory_only_as_its_bytes_arrive()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions { MaxMessageBytes = 1L << 30 });
        using var raw = await fixture.JoinAsync();
        var before = GC.GetTotalAllocatedBytes();
        var header = new byte[ZmtpFrames.LongHeader];
        header[0] = ZmtpFrames.Long;
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(1), 1L << 30);
        await raw.SendAsync(header);
        await raw.SendAsync(new byte[1000]);
        await fixture.AssertOthersLiveAsync();
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 << 20, "a gigabyte that was only announced was allocated");
    }

    [Theory]
    [InlineData("0805", "reserved")]
    [InlineData("050100", "command")]
    public async Task A_frame_with_wrong_flags_ends_the_connection(string hex, string reason)
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions());
        using var raw = await fixture.JoinAsync();
        await raw.SendAsync(Convert.FromHexString(hex));
        Assert.Contains(reason, (await fixture.Events.Until<PeerDisconnected>().Within()).Reason, StringComparison.Ordinal);
        await fixture.AssertOthersLiveAsync();
    }

    [Fact]
    public async Task Too_many_frames_or_bytes_of_an_unfinished_message_end_the_connection()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions { MaxFrames = 4, MaxMessageBytes = 100 });
        using (var raw = await fixture.JoinAsync())
        {
            for (var i = 0; i < 5; i++)
            {
                await raw.SendAsync(RawPeer.Frame(ZmtpFrames.More, [1]));
            }

            Assert.Contains("4 frames", (await fixture.Events.Until<PeerDisconnected>().Within()).Reason, StringComparison.Ordinal);
        }

        using (var raw = await fixture.JoinAsync())
        {
            await raw.SendAsync(RawPeer.Frame(ZmtpFrames.More, new byte[60]));
            await raw.SendAsync(RawPeer.Frame(ZmtpFrames.More, new byte[60]));
            Assert.Contains("100 bytes are the most", (await fixture.Events.Until<PeerDisconnected>().Within()).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Commands_that_are_not_known_are_passed_over_and_PING_is_answered_with_its_context()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions());
        using var raw = await fixture.JoinAsync();
        await raw.ReadAsync(RawPeer.Opening("ROUTER", []).Length);
        await raw.SendAsync(RawPeer.Frame(ZmtpFrames.Command, "\u0004WHAT?"u8.ToArray()));
        // 40 bytes of context: 16 come back, as libzmq does it.
        await raw.SendAsync(RawPeer.Frame(ZmtpFrames.Command, [.. "\u0004PING"u8, 0, 0, .. Enumerable.Repeat((byte)7, 40)]));
        var pong = await raw.ReadAsync(2 + 5 + 16);
        Assert.Equal([4, 21, 4, .. "PONG"u8, .. Enumerable.Repeat((byte)7, 16)], pong);
        await raw.SendAsync(RawPeer.Frame(0, [1]));
        Assert.Equal(1, (await fixture.Router.ReceiveAsync().Within()).Body.Length);
    }

    [Fact]
    public async Task A_peer_whose_PING_gives_a_time_to_live_is_dropped_when_it_is_silent_for_longer()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions());
        using var raw = await fixture.JoinAsync();
        await raw.SendAsync(RawPeer.Frame(ZmtpFrames.Command, [.. "\u0004PING"u8, 0, 2]));
        Assert.Contains("nothing was received", (await fixture.Events.Until<PeerDisconnected>().Within()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_pings_and_does_not_read_is_dropped()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions());
        using var raw = await fixture.JoinAsync();
        var pings = Enumerable.Repeat(RawPeer.Frame(ZmtpFrames.Command, [.. "\u0004PING"u8, 0, 0, .. new byte[16]]), 2000).SelectMany(static ping => ping).ToArray();
        var waiting = fixture.Events.Until<PeerDisconnected>();
        while (!waiting.IsCompleted)
        {
            await raw.SendAsync(pings);
        }

        Assert.Contains("PING after PING", (await waiting.Within()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_arrive_one_by_one_make_the_same_message()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions());
        using var raw = await RawPeer.ConnectAsync(fixture.Endpoint);
        byte[] stream = [.. RawPeer.Opening("DEALER", "slow"u8.ToArray()), .. RawPeer.Frame(ZmtpFrames.More, [1, 2]), .. RawPeer.Frame(0, new byte[300])];
        foreach (var one in stream)
        {
            await raw.SendAsync([one]);
        }

        var message = await fixture.Router.ReceiveAsync().Within();
        Assert.Equal([2, 300], message.ToFrames().Select(static frame => frame.Length));
    }

    [Fact]
    public async Task Mutated_streams_never_hurt_the_socket()
    {
        await using var fixture = await Fixture.StartAsync(new BusSocketOptions { MaxMessageBytes = 10_000, HandshakeTimeout = TimeSpan.FromSeconds(2) });
        var random = new SeededRandom(11);
        byte[] valid = [.. RawPeer.Opening("DEALER", "m"u8.ToArray()), .. RawPeer.Frame(ZmtpFrames.More, [1]), .. RawPeer.Frame(0, new byte[300]), .. RawPeer.Frame(ZmtpFrames.Command, [.. "\u0004PING"u8, 0, 0])];
        for (var i = 0; i < 300; i++)
        {
            var mutated = (byte[])valid.Clone();
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            using var raw = await RawPeer.ConnectAsync(fixture.Endpoint);
            await raw.SendAsync(mutated);
        }

        while (fixture.Router.TryReceive(out _))
        {
            // Some mutations are valid messages.
        }

        await fixture.AssertOthersLiveAsync(passOver: true);
    }

    private sealed class Fixture : IAsyncDisposable
    {
        private readonly DealerSocket _other;

        private Fixture(RouterSocket router, DealerSocket other, string endpoint)
        {
            Router = router;
            _other = other;
            Endpoint = endpoint;
        }

        public RouterSocket Router { get; }

        public string Endpoint { get; }

        public EventLog<SocketEvent> Events { get; } = new();

        public static async Task<Fixture> StartAsync(BusSocketOptions options)
        {
            var router = new RouterSocket(options);
            var endpoint = router.Bind("tcp://127.0.0.1:0");
            var other = new DealerSocket(new BusSocketOptions { Identity = new PeerIdentity("other") });
            other.Connect(endpoint);
            await other.SendAsync("here"u8.ToArray()).Within();
            await router.ReceiveAsync().Within();
            var fixture = new Fixture(router, other, endpoint);
            router.Happened += fixture.Events.Add;
            return fixture;
        }

        public async Task<RawPeer> JoinAsync()
        {
            var raw = await RawPeer.JoinAsync(Endpoint, "DEALER", "raw");
            await Events.Until<PeerConnected>().Within();
            return raw;
        }

        /// <summary>The peer that was there before is served as before.</summary>
        public async Task AssertOthersLiveAsync(bool passOver = false)
        {
            await _other.SendAsync("still"u8.ToArray()).Within();
            ReceivedMessage message;
            do
            {
                message = await Router.ReceiveAsync().Within();
            }
            while (passOver && !message.Peer!.Equals(new PeerIdentity("other")));

            Assert.Equal("still"u8.ToArray(), message.Body.ToArray());
            await Router.SendAsync(message.Peer!, "yes"u8.ToArray()).Within();
            Assert.Equal("yes"u8.ToArray(), (await _other.ReceiveAsync().Within()).Body.ToArray());
        }

        public async ValueTask DisposeAsync()
        {
            await _other.DisposeAsync().Within();
            await Router.DisposeAsync().Within();
        }
    }
}
