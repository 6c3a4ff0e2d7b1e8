using Google.Protobuf;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Tests.Service;

/// <summary>What a peer may send that it should not: refused with a status, and the store is as before.</summary>
public sealed class HostileRequestTests : IAsyncLifetime
{
    private static readonly CallOptions Options = new(Deadline: DateTime.MaxValue);

    private ServedStore _served = null!;
    private RpcChannel _channel = null!;
    private Wire.ObjectStore.ObjectStoreClient _client = null!;

    public static TheoryData<int> BadIdLengths => [0, 1, 15, 17, 1000];

    public async Task InitializeAsync()
    {
        _served = await ServedStore.StartAsync(
            configure: o =>
            {
                o.MaxObjectBytes = 1 << 20;
                o.MaxLeasesPerOwner = 3;
            },
            configureService: o => o.MaxChunkBytes = 8192);
        _channel = RpcChannel.ForAddress(_served.Address);
        _client = new Wire.ObjectStore.ObjectStoreClient(_channel);
    }

    public async Task DisposeAsync()
    {
        await _channel.DisposeAsync().Within();
        await _served.DisposeAsync().Within();
    }

    [Theory]
    [MemberData(nameof(BadIdLengths))]
    public async Task An_id_that_is_not_sixteen_bytes_is_refused_everywhere(int length)
    {
        var id = ByteString.CopyFrom(new byte[length]);
        await Refused(StatusCode.InvalidArgument, () => Get(new GetRequest { Id = id }));
        await Refused(StatusCode.InvalidArgument, () => Lease("me", id));
        await Refused(StatusCode.InvalidArgument, () => Seal("me", id, 1));
        await Refused(StatusCode.InvalidArgument, () => _client.AbortAsync(new AbortRequest { Owner = "me", Id = id }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.ReleaseAsync(new ReleaseRequest { Ids = { id } }, Options).ResponseAsync);
        if (length > 0)
        {
            await Refused(StatusCode.InvalidArgument, () => Create("me", 100_000, id));
            await Refused(StatusCode.InvalidArgument, () => Put(new PutHeader { Owner = "me", Codec = "raw", Id = id }));
        }

        Unchanged();
    }

    [Fact]
    public async Task Owners_and_codecs_have_limits()
    {
        foreach (var name in new[] { "", new string('x', 129) })
        {
            await Refused(StatusCode.InvalidArgument, () => _client.HelloAsync(new HelloRequest { Owner = name }, Options).ResponseAsync);
            await Refused(StatusCode.InvalidArgument, () => Create(name, 100_000));
            await Refused(StatusCode.InvalidArgument, () => Put(new PutHeader { Owner = name, Codec = "raw" }));
            await Refused(StatusCode.InvalidArgument, () => Put(new PutHeader { Owner = "me", Codec = name }));
            await Refused(StatusCode.InvalidArgument, () => Lease(name, ObjectId.New().ToWire()));
        }

        Unchanged();
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var id = ObjectId.New().ToWire();
        await Refused(StatusCode.NotFound, () => Get(new GetRequest { Id = id }));
        await Refused(StatusCode.NotFound, () => Lease("me", id));
        await Refused(StatusCode.NotFound, () => Seal("me", id, 1));
        await Refused(StatusCode.NotFound, () => _client.AbortAsync(new AbortRequest { Owner = "me", Id = id }, Options).ResponseAsync);
        await _client.ReleaseAsync(new ReleaseRequest { Ids = { id } }, Options).ResponseAsync.Within();
        await _client.UnleaseAsync(new UnleaseRequest { Owner = "me", Leases = { 1, ulong.MaxValue } }, Options).ResponseAsync.Within();
        Unchanged();
    }

    [Fact]
    public async Task Sizes_beyond_the_limit_are_refused_before_anything_is_allocated()
    {
        foreach (var size in new ulong[] { (1UL << 20) + 1, uint.MaxValue, long.MaxValue, ulong.MaxValue })
        {
            await Refused(StatusCode.OutOfRange, () => Create("me", size));
            await Refused(StatusCode.OutOfRange, () => Put(new PutHeader { Owner = "me", Codec = "raw", Size = size }));
        }

        await Refused(StatusCode.FailedPrecondition, () => Create("me", 0));
        await Refused(StatusCode.FailedPrecondition, () => Create("me", 65_535));
        Unchanged();
    }

    [Fact]
    public async Task A_put_that_sends_other_than_it_announced_is_refused()
    {
        var header = new PutHeader { Owner = "me", Codec = "raw", Size = 10 };
        await Refused(StatusCode.InvalidArgument, () => Put(header, 5));
        await Refused(StatusCode.InvalidArgument, () => Put(header, 8, 3));
        await Refused(StatusCode.InvalidArgument, () => Put(new PutHeader { Owner = "me", Codec = "raw" }, 8193));
        await Refused(StatusCode.InvalidArgument, () => Put());
        await Refused(StatusCode.InvalidArgument, () => Send(new PutRequest { Chunk = ByteString.CopyFrom(1) }));
        await Refused(StatusCode.InvalidArgument, () => Send(new PutRequest()));
        await Refused(StatusCode.InvalidArgument, () => Send(new PutRequest { Header = header }, new PutRequest { Header = header }));
        await Refused(StatusCode.OutOfRange, () => Put(new PutHeader { Owner = "me", Codec = "raw" }, [.. Enumerable.Repeat(8192, 129)]));
        Unchanged();
        Assert.Equal(10UL, (await Put(header, 5, 0, 5).Within()).Size);
    }

    [Fact]
    public async Task A_put_that_stands_still_is_given_up()
    {
        // Its own store: with so short a patience, a put of another test would be given up when the machine is slow.
        await using var served = await ServedStore.StartAsync(configureService: o => o.StallTimeout = TimeSpan.FromMilliseconds(300));
        await using var channel = RpcChannel.ForAddress(served.Address);
        using var call = new Wire.ObjectStore.ObjectStoreClient(channel).Put(Options);
        await call.RequestStream.WriteAsync(new PutRequest { Header = new PutHeader { Owner = "me", Codec = "raw", Size = 100_000 } }).Within();
        await Refused(StatusCode.DeadlineExceeded, () => call.ResponseAsync);
        await served.Until(s => s is { Unfinished: 0, Objects: 0 }, "the put to be given up");
    }

    [Fact]
    public async Task A_put_that_breaks_off_leaves_nothing()
    {
        using (var call = _client.Put(Options))
        {
            await call.RequestStream.WriteAsync(new PutRequest { Header = new PutHeader { Owner = "me", Codec = "raw", Size = 100_000 } }).Within();
            await call.RequestStream.WriteAsync(new PutRequest { Chunk = ByteString.CopyFrom(new byte[5000]) }).Within();
            await _served.Until(s => s.Unfinished == 1, "the put to begin");
        }

        await _served.Until(s => s is { Unfinished: 0, Objects: 0 } && s.Bytes == s.IdleBytes, "the put to be given up");
    }

    [Fact]
    public async Task Offsets_and_lengths_beyond_the_object_are_refused_and_those_within_are_right()
    {
        var bytes = Data.Bytes(100_000, 1);
        var reference = await _served.Store.PutAsync(bytes, "raw").Within();
        var id = reference.Id.ToWire();
        foreach (var (offset, length) in new[] { (100_001UL, 0UL), (0UL, 100_001UL), (99_999UL, 2UL), (ulong.MaxValue, 1UL), (1UL, ulong.MaxValue) })
        {
            await Refused(StatusCode.OutOfRange, () => Get(new GetRequest { Id = id, Offset = offset, Length = length }));
        }

        Assert.Equal(bytes, await Get(new GetRequest { Id = id }).Within());
        Assert.Equal(bytes[99_999..], await Get(new GetRequest { Id = id, Offset = 99_999 }).Within());
        Assert.Empty(await Get(new GetRequest { Id = id, Offset = 100_000 }).Within());
        Assert.Equal(bytes[500..20_500], await Get(new GetRequest { Id = id, Offset = 500, Length = 20_000 }).Within());
        await _served.Until(s => s.Leases == 0, "the readers' leases to end");
    }

    [Fact]
    public async Task Nobody_seals_aborts_or_gives_back_what_is_anothers()
    {
        var created = await Create("me", 100_000).Within();
        await Refused(StatusCode.NotFound, () => Seal("you", created.Id, 100_000));
        await Refused(StatusCode.NotFound, () => _client.AbortAsync(new AbortRequest { Owner = "you", Id = created.Id }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => Seal("me", created.Id, 100_001));
        await Refused(StatusCode.AlreadyExists, () => Create("me", 100_000, created.Id));
        await Refused(StatusCode.NotFound, () => Lease("me", created.Id));
        await Seal("me", created.Id, 70_000).Within();
        await Refused(StatusCode.NotFound, () => Seal("me", created.Id, 70_000));

        var lease = await Lease("me", created.Id).Within();
        Assert.Equal(70_000UL, lease.Location.Size);
        await _client.UnleaseAsync(new UnleaseRequest { Owner = "you", Leases = { lease.Lease } }, Options).ResponseAsync.Within();
        Assert.Equal(1, _served.Store.Statistics.Leases);
        await _client.ReleaseAsync(new ReleaseRequest { Owner = "you", Ids = { created.Id } }, Options).ResponseAsync.Within();
        Assert.Equal(1, _served.Store.Statistics.Objects);
    }

    [Fact]
    public async Task An_owner_cannot_hold_leases_without_end()
    {
        var reference = await _served.Store.PutAsync(new byte[100_000], "raw").Within();
        for (var i = 0; i < 3; i++)
        {
            await Lease("me", reference.Id.ToWire()).Within();
        }

        await Refused(StatusCode.ResourceExhausted, () => Lease("me", reference.Id.ToWire()));
        await Lease("you", reference.Id.ToWire()).Within();
    }

    [Fact]
    public async Task An_owner_that_was_released_is_refused_until_it_says_hello()
    {
        _served.Store.ReleaseOwner("me");
        await Refused(StatusCode.FailedPrecondition, () => Create("me", 100_000));
        await Refused(StatusCode.FailedPrecondition, () => Put(new PutHeader { Owner = "me", Codec = "raw" }, 1));
        await _client.HelloAsync(new HelloRequest { Owner = "me" }, Options).ResponseAsync.Within();
        await Put(new PutHeader { Owner = "me", Codec = "raw" }, 1).Within();
    }

    private static async Task Refused<T>(StatusCode code, Func<Task<T>> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call().Within());
        Assert.True(code == error.StatusCode, $"expected {code}, was {error.Status}");
        Assert.NotEmpty(error.Status.Detail);
    }

    private void Unchanged() => Assert.Equal(default, _served.Store.Statistics with { LimitBytes = 0, Bytes = 0, SharedBytes = 0, IdleBytes = 0 });

    private Task<CreateResponse> Create(string owner, ulong size, ByteString? id = null) =>
        _client.CreateAsync(new CreateRequest { Owner = owner, Codec = "raw", Size = size, Id = id ?? ByteString.Empty }, Options).ResponseAsync;

    private Task<PutResponse> Seal(string owner, ByteString id, ulong size) => _client.SealAsync(new SealRequest { Owner = owner, Id = id, Size = size }, Options).ResponseAsync;

    private Task<LeaseResponse> Lease(string owner, ByteString id) => _client.LeaseAsync(new LeaseRequest { Owner = owner, Id = id }, Options).ResponseAsync;

    private Task<PutResponse> Put(PutHeader header, params int[] chunks) =>
        Send([new PutRequest { Header = header }, .. chunks.Select(c => new PutRequest { Chunk = ByteString.CopyFrom(new byte[c]) })]);

    private Task<PutResponse> Put() => Send();

    private async Task<PutResponse> Send(params PutRequest[] parts)
    {
        using var call = _client.Put(Options);
        try
        {
            foreach (var part in parts)
            {
                await call.RequestStream.WriteAsync(part);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException)
        {
            // Refused before the end: the status is in the response.
        }

        return await call.ResponseAsync;
    }

    private async Task<byte[]> Get(GetRequest request)
    {
        using var call = _client.Get(request, Options);
        var bytes = new MemoryStream();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            bytes.Write(part.Chunk.Span);
        }

        return bytes.ToArray();
    }
}
