using System.Net;
using System.Net.Sockets;
using Iarnet.Objects;
using Iarnet.Store.Transfer;

namespace Iarnet.Store.Tests.Transfer;

public sealed class HostilePeerTests : IAsyncLifetime
{
    private readonly StoreDirectory _directory = new();
    private readonly byte[] _bytes = Data.Bytes(3 << 20, 1);
    private TransferNode _source = null!;
    private ObjectRef _reference;

    public async Task InitializeAsync()
    {
        _source = await TransferNode.StartAsync("source", _directory, o => o.MaxConnections = 8);
        _reference = _source.Objects.Put(_bytes, "source");
    }

    public async Task DisposeAsync()
    {
        await ServesAsync();
        await Eventually.True(() => _source.Objects.Opened == 0, "the source gave back what it had opened");
        await _source.DisposeAsync();
        Assert.Equal(0, _source.Server.Statistics.Connections);
    }

    [Theory]
    [InlineData(TransferLimits.Magic, 2)]
    [InlineData(TransferLimits.Magic, 0)]
    [InlineData(0x0a0d0a0du, TransferLimits.Version)]
    public async Task A_peer_of_another_protocol_or_version_is_told_so(uint magic, ushort version)
    {
        using var peer = await RawPeer.ConnectAsync(_source.Endpoint, greet: false);
        await peer.SendAsync(FrameKind.Hello, RawPeer.Hello(magic, version));
        Assert.Equal(TransferErrorCode.Invalid, await peer.ReceiveErrorAsync());
        await peer.ClosedAsync();
    }

    [Fact]
    public async Task A_request_before_hello_is_refused()
    {
        using var peer = await RawPeer.ConnectAsync(_source.Endpoint, greet: false);
        await peer.SendAsync(FrameKind.Read, Read(3 << 20, 0, 3 << 20));
        Assert.Equal(TransferErrorCode.Invalid, await peer.ReceiveErrorAsync());
        await peer.ClosedAsync();
    }

    [Theory]
    [InlineData("secret", true)]
    [InlineData("secret2", false)]
    [InlineData("secre", false)]
    [InlineData("", false)]
    public async Task Only_who_knows_the_token_may_read(string token, bool welcome)
    {
        await using var source = await TransferNode.StartAsync("guarded", _directory, o => o.Token = "secret");
        await using var reader = await TransferNode.StartAsync("reader", _directory, configureFetcher: o => o.Token = token);
        var reference = source.Objects.Put(_bytes, "guarded");
        if (welcome)
        {
            await reader.FetchAsync(reference);
            Assert.Equal(_bytes, reader.Objects.Bytes(reference));
        }
        else
        {
            var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => reader.FetchAsync(reference));
            Assert.Contains("token", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, source.Server.Statistics.SentBytes);
        }
    }

    [Theory]
    [InlineData(TransferLimits.RequestBytes + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task A_frame_that_is_too_large_is_refused_before_memory_is_taken(int length)
    {
        using var peer = await RawPeer.ConnectAsync(_source.Endpoint);
        var before = GC.GetTotalAllocatedBytes();
        await peer.SendAsync(RawPeer.Frame(FrameKind.Locate, [], length: length));
        Assert.Equal(TransferErrorCode.Invalid, await peer.ReceiveErrorAsync());
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
        await peer.ClosedAsync();
    }

    [Fact]
    public async Task A_request_that_arrives_damaged_is_refused()
    {
        using var peer = await RawPeer.ConnectAsync(_source.Endpoint);
        await peer.SendAsync(RawPeer.Frame(FrameKind.Read, Read(3 << 20, 0, 3 << 20), checksum: 1));
        Assert.Equal(TransferErrorCode.Invalid, await peer.ReceiveErrorAsync());
        await peer.ClosedAsync();
    }

    [Theory]
    [InlineData(3 << 20, -1, 1)]
    [InlineData(3 << 20, 0, -1)]
    [InlineData(3 << 20, 0, (3 << 20) + 1)]
    [InlineData(3 << 20, (3 << 20) + TransferLimits.ChunkBytes, 0)]
    [InlineData(3 << 20, long.MaxValue, long.MaxValue)]
    [InlineData(long.MaxValue, 0, long.MaxValue)]
    [InlineData(-1, 0, 0)]
    [InlineData(3 << 20, 1, TransferLimits.ChunkBytes)]
    [InlineData(3 << 20, 0, 1)]
    public async Task A_range_that_is_not_there_is_refused(long size, long offset, long length)
    {
        using var peer = await RawPeer.ConnectAsync(_source.Endpoint);
        await peer.SendAsync(FrameKind.Read, Read(size, offset, length));
        Assert.Equal(TransferErrorCode.Invalid, await peer.ReceiveErrorAsync());
        await peer.ClosedAsync();
    }

    [Fact]
    public async Task What_is_not_there_is_said_and_the_connection_goes_on()
    {
        using var peer = await RawPeer.ConnectAsync(_source.Endpoint);
        await peer.SendAsync(FrameKind.Read, Read(3 << 20, 0, 3 << 20, new ObjectRef(ObjectId.New(), "source")), call: 5);
        Assert.Equal(TransferErrorCode.NotFound, await peer.ReceiveErrorAsync());
        await peer.SendAsync(FrameKind.Read, Read(4 << 20, 0, 4 << 20), call: 6);
        Assert.Equal(TransferErrorCode.Changed, await peer.ReceiveErrorAsync());
        await peer.SendAsync(FrameKind.Read, Read(3 << 20, 1 << 20, TransferLimits.ChunkBytes), call: 7);
        var (header, body) = (await peer.ReceiveAsync())!.Value;
        Assert.Equal((FrameKind.Data, 7u, 1L << 20), (header.Kind, header.Call, header.Offset));
        Assert.Equal(_bytes[(1 << 20)..((1 << 20) + TransferLimits.ChunkBytes)], body);
    }

    [Fact]
    public async Task Places_for_others_objects_and_tickets_of_others_are_not_touched()
    {
        using var peer = await RawPeer.ConnectAsync(_source.Endpoint);
        var done = new byte[512];
        for (var ticket = -3; ticket < 100; ticket++)
        {
            await peer.SendAsync(FrameKind.Done, done[..new DoneRequest(_reference, ticket, HasAll: true).Write(done)]);
        }

        await peer.SendAsync(FrameKind.Read, Read(3 << 20, 0, TransferLimits.ChunkBytes));
        Assert.Equal(FrameKind.Data, (await peer.ReceiveAsync())!.Value.Header.Kind);
    }

    [Fact]
    public async Task A_peer_that_says_half_a_hello_is_closed_in_time()
    {
        await using var impatient = await TransferNode.StartAsync("impatient", _directory, o => o.HelloTimeout = TimeSpan.FromMilliseconds(300));
        using var silent = await RawPeer.ConnectAsync(impatient.Endpoint, greet: false);
        using var half = await RawPeer.ConnectAsync(impatient.Endpoint, greet: false);
        await half.SendAsync(RawPeer.Frame(FrameKind.Hello, RawPeer.Hello())[..30]);
        await silent.ClosedAsync();
        await half.ClosedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(FrameHeader.Bytes)]
    [InlineData(FrameHeader.Bytes + 5)]
    public async Task A_peer_that_sends_half_a_request_or_none_is_closed_in_time(int bytes)
    {
        await using var impatient = await ImpatientAsync();
        using var peer = await RawPeer.ConnectAsync(impatient.Endpoint);
        await peer.SendAsync(RawPeer.Frame(FrameKind.Read, Read(3 << 20, 0, 3 << 20))[..bytes]);
        await peer.ClosedAsync();
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_closed_and_its_object_given_back()
    {
        await using var impatient = await ImpatientAsync();
        using var peer = await RawPeer.ConnectAsync(impatient.Endpoint);
        var large = impatient.Objects.Put(new byte[64 << 20], "impatient");
        await peer.SendAsync(FrameKind.Read, Read(64 << 20, 0, 64 << 20, large));
        await Eventually.True(() => impatient.Server.Statistics is { Reads: 1, Connections: 0 } && impatient.Objects.Opened == 0, "the reader was closed");
        Assert.InRange(impatient.Server.Statistics.SentBytes, 0, 63 << 20);
    }

    [Fact]
    public async Task More_connections_than_allowed_are_told_so_and_later_ones_are_welcome()
    {
        var peers = new List<RawPeer>();
        for (var i = 0; i < 8; i++)
        {
            peers.Add(await RawPeer.ConnectAsync(_source.Endpoint));
        }

        using (var late = await RawPeer.ConnectAsync(_source.Endpoint, greet: false))
        {
            await late.SendAsync(FrameKind.Hello, RawPeer.Hello());
            Assert.Equal(TransferErrorCode.Busy, await late.ReceiveErrorAsync());
            await late.ClosedAsync();
        }

        var crowd = new List<RawPeer>();
        for (var i = 0; i < 100; i++)
        {
            crowd.Add(await RawPeer.ConnectAsync(_source.Endpoint, greet: false));
        }

        await Eventually.True(() => _source.Server.Statistics.Refused >= 70, "most of the crowd was sent away");
        Assert.InRange(_source.Server.Statistics.Connections, 0, 8 + 16);
        peers.Concat(crowd).ToList().ForEach(p => p.Dispose());
        await Eventually.True(() => _source.Server.Statistics.Connections == 0, "all connections ended");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Garbage_closes_its_connection_and_nothing_else(int seed)
    {
        var random = new SeededRandom(seed);
        var valid = new[]
        {
            RawPeer.Frame(FrameKind.Read, Read(3 << 20, 0, 3 << 20)),
            RawPeer.Frame(FrameKind.Locate, Locate(new LocateRequest(_reference, 1000, "tcp://127.0.0.1:9", ["tcp://a:1"]))),
            RawPeer.Frame(FrameKind.Done, new byte[60]),
            RawPeer.Frame(FrameKind.Hello, RawPeer.Hello()),
        };
        for (var round = 0; round < 60; round++)
        {
            using var peer = await RawPeer.ConnectAsync(_source.Endpoint, greet: random.Next(4) != 0);
            var frame = (byte[])valid[random.Next(valid.Length)].Clone();
            for (var i = random.Next(6); i >= 0; i--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            if (random.Next(2) == 0)
            {
                // With a right checksum, so that what stands in the body is looked at.
                frame = RawPeer.Frame((FrameKind)frame[4], frame[FrameHeader.Bytes..], flags: frame[5]);
            }

            await peer.SendAsync(frame[..(1 + random.Next(frame.Length))]);
        }

        await ServesAsync();
    }

    [Fact]
    public async Task What_is_known_of_readers_is_bounded()
    {
        var board = new HolderBoard(TimeProvider.System, new TransferServerOptions { MaxHoldersPerObject = 10, MaxBroadcasts = 20, RelayMinimum = 0 });
        for (var i = 0; i < 1000; i++)
        {
            var reference = new ObjectRef(new ObjectId((UInt128)(i / 20)), "source");
            var place = board.Place(new LocateRequest(reference, 0, $"tcp://10.0.0.1:{i}", []), 1 << 20, new object(), local: true);
            Assert.InRange(place.Holders.Count, 0, TransferLimits.Endpoints);
        }

        Assert.Equal(20, board.Objects);
        await Task.CompletedTask;
    }

    [Fact]
    public void An_endpoint_of_one_machine_is_not_given_to_another()
    {
        var board = new HolderBoard(TimeProvider.System, new TransferServerOptions { RelayMinimum = 0 });
        Placement Place(string endpoint, bool local) => board.Place(new LocateRequest(_reference, 0, endpoint, []), 1 << 20, new object(), local);

        Assert.False(Place("tcp://127.0.0.1:7000", local: true).Redirected);
        Assert.False(Place("tcp://127.0.0.1:7000", local: false).Redirected);
        Assert.False(Place("tcp://10.0.0.2:7000", local: false).Redirected);
        var near = Place("unix:///run/x", local: true);
        Assert.True(near.Redirected);
        Assert.Equal("tcp://10.0.0.2:7000", near.Holders[0]);
        var far = Place("", local: false);
        Assert.DoesNotContain(far.Holders, h => h.StartsWith("unix", StringComparison.Ordinal) || h.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_asks_again_is_never_sent_to_one_that_reads_behind_it()
    {
        var board = new HolderBoard(TimeProvider.System, new TransferServerOptions { RelayMinimum = 0 });
        Placement Place(int reader, params string[] refused) => board.Place(new LocateRequest(_reference, 0, $"tcp://10.0.0.{reader}:7000", refused), 1 << 20, reader, local: false);

        Assert.False(Place(1).Redirected);
        Assert.Equal("tcp://10.0.0.1:7000", Place(2).Holders[0]);
        Assert.Equal("tcp://10.0.0.2:7000", Place(3).Holders[0]);
        Assert.False(Place(2, "tcp://10.0.0.1:7000").Redirected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_server_that_answers_garbage_makes_a_typed_error(int seed)
    {
        var random = new SeededRandom(seed);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(64);
        _directory.Set("liar", $"tcp://{listener.LocalEndPoint}");
        using var closing = new CancellationTokenSource();
        var lying = LieAsync(listener, random, closing.Token);
        await using (var reader = await TransferNode.StartAsync("reader", _directory, configureFetcher: o =>
        {
            o.ConnectTimeout = TimeSpan.FromMilliseconds(200);
            o.StallTimeout = TimeSpan.FromMilliseconds(200);
            o.RetryPause = TimeSpan.FromMilliseconds(1);
        }))
        {
            for (var i = 0; i < 20; i++)
            {
                var error = await Assert.ThrowsAnyAsync<IarnetException>(() => reader.FetchAsync(new ObjectRef(ObjectId.New(), "liar")));
                Assert.True(error is StoreUnavailableException or MessageTooLargeException or ObjectNotFoundException, error.ToString());
            }

            Assert.Equal(0, reader.Objects.Copies);
            Assert.Equal(0, reader.Objects.Sealed);
        }

        await closing.CancelAsync();
        await lying.Within();
    }

    private static async Task LieAsync(Socket listener, SeededRandom random, CancellationToken cancellationToken)
    {
        var welcome = new byte[10];
        var body = new BodyWriter(welcome);
        body.UInt32(TransferLimits.Magic);
        body.UInt16(TransferLimits.Version);
        body.UInt32(TransferLimits.ChunkBytes);
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptAsync(cancellationToken);
                await socket.SendAsync(RawPeer.Frame(FrameKind.Welcome, welcome, call: 0), cancellationToken);
                var located = new byte[256];
                var answer = random.Next(4) switch
                {
                    0 => RawPeer.Frame(FrameKind.Located, located[..new Located(random.Next(2) == 0 ? long.MaxValue : 1000, 1, true, ["tcp://127.0.0.1:1"], "raw", null).Write(located)]),
                    1 => RawPeer.Frame(FrameKind.Located, Data.Bytes(random.Next(300), random.Next(1000))),
                    2 => RawPeer.Frame(FrameKind.Data, new byte[10]),
                    _ => Data.Bytes(100, random.Next(1000)),
                };
                await socket.SendAsync(answer, cancellationToken);
                var sink = new byte[1024];
                await socket.ReceiveAsync(sink, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private Task<TransferNode> ImpatientAsync() => TransferNode.StartAsync("impatient", _directory, o =>
    {
        o.StallTimeout = TimeSpan.FromMilliseconds(300);
        o.IdleTimeout = TimeSpan.FromMilliseconds(900);
    });

    private byte[] Read(long size, long offset, long length, ObjectRef? reference = null)
    {
        var bytes = new byte[512];
        return bytes[..new ReadRequest(reference ?? _reference, size, offset, length).Write(bytes)];
    }

    private static byte[] Locate(LocateRequest request)
    {
        var bytes = new byte[512];
        return bytes[..request.Write(bytes)];
    }

    /// <summary>Whatever was done to it, the server still serves.</summary>
    private async Task ServesAsync()
    {
        await Eventually.True(() => _source.Server.Statistics.Connections < 8, "there is room for one more");
        await using var reader = await TransferNode.StartAsync("witness", _directory, relays: false);
        await reader.FetchAsync(_reference);
        Assert.Equal(_bytes, reader.Objects.Bytes(_reference));
    }
}
