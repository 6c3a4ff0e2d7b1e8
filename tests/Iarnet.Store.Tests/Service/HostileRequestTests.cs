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
            configure: o => o.MaxObjectBytes = 1 << 20,
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
        await Refused(StatusCode.InvalidArgument, () => _client.ReleaseAsync(new ReleaseRequest { Ids = { id } }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.DeleteAsync(new DeleteRequest { Ids = { id } }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.WaitAsync(new WaitRequest { Ids = { id } }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.StatObjectAsync(new StatObjectRequest { Id = id }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.GetManyAsync(new GetManyRequest { Ids = { id } }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.StatStreamAsync(new StatStreamRequest { Id = id }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.AbandonStreamAsync(new AbandonStreamRequest { Id = id }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => Read(new ReadStreamRequest { Id = id }));
        await Refused(StatusCode.InvalidArgument, () => Append(new AppendStreamRequest { Header = new AppendStreamHeader { Id = id, Owner = "me" } }));
        if (length > 0)
        {
            await Refused(StatusCode.InvalidArgument, () => _client.CreateStreamAsync(new CreateStreamRequest { Owner = "me", Codec = "raw", Id = id }, Options).ResponseAsync);
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
            await Refused(StatusCode.InvalidArgument, () => Put(new PutHeader { Owner = name, Codec = "raw" }));
            await Refused(StatusCode.InvalidArgument, () => Put(new PutHeader { Owner = "me", Codec = name }));
            await Refused(StatusCode.InvalidArgument, () => PutMany(name, "raw", 1));
            await Refused(StatusCode.InvalidArgument, () => PutMany("me", name, 1));
            await Refused(StatusCode.InvalidArgument, () => _client.CreateStreamAsync(new CreateStreamRequest { Owner = name, Codec = "raw" }, Options).ResponseAsync);
            await Refused(StatusCode.InvalidArgument, () => _client.CreateStreamAsync(new CreateStreamRequest { Owner = "me", Codec = name }, Options).ResponseAsync);
        }

        Unchanged();
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var id = ObjectId.New().ToWire();
        await Refused(StatusCode.NotFound, () => Get(new GetRequest { Id = id }));
        await _client.ReleaseAsync(new ReleaseRequest { Ids = { id } }, Options).ResponseAsync.Within();
        await Refused(StatusCode.NotFound, () => Read(new ReadStreamRequest { Id = id }));
        await Refused(StatusCode.NotFound, () => _client.StatStreamAsync(new StatStreamRequest { Id = id }, Options).ResponseAsync);
        await Refused(StatusCode.NotFound, () => _client.AbandonStreamAsync(new AbandonStreamRequest { Id = id, Owner = "me" }, Options).ResponseAsync);
        await Refused(StatusCode.NotFound, () => Append(new AppendStreamRequest { Header = new AppendStreamHeader { Id = id, Owner = "me" } }));
        Assert.Equal(0U, (await _client.DeleteAsync(new DeleteRequest { Ids = { id } }, Options).ResponseAsync.Within()).Deleted);
        Assert.Empty((await _client.WaitAsync(new WaitRequest { Ids = { id } }, Options).ResponseAsync.Within()).Ids);
        Assert.Null((await _client.StatObjectAsync(new StatObjectRequest { Id = id }, Options).ResponseAsync.Within()).Object);
        Unchanged();
    }

    [Fact]
    public async Task Sizes_beyond_the_limit_are_refused_before_anything_is_allocated()
    {
        foreach (var size in new ulong[] { (1UL << 20) + 1, uint.MaxValue, long.MaxValue, ulong.MaxValue })
        {
            await Refused(StatusCode.OutOfRange, () => Put(new PutHeader { Owner = "me", Codec = "raw", Size = size }));
        }

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

        await _served.Until(s => s is { Unfinished: 0, Objects: 0, Bytes: 0 }, "the put to be given up");
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
    public async Task A_request_names_a_thousand_objects_and_no_more()
    {
        var ids = Enumerable.Range(0, 1025).Select(_ => ObjectId.New().ToWire()).ToArray();
        await Refused(StatusCode.InvalidArgument, () => _client.ReleaseAsync(new ReleaseRequest { Ids = { ids } }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.DeleteAsync(new DeleteRequest { Ids = { ids } }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.WaitAsync(new WaitRequest { Ids = { ids } }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => _client.GetManyAsync(new GetManyRequest { Ids = { ids } }, Options).ResponseAsync);
        await Refused(StatusCode.InvalidArgument, () => PutMany("me", "raw", [.. new int[1025]]));
        await Refused(StatusCode.InvalidArgument, () => PutMany("me", "raw", 8000, 193));
        await Refused(StatusCode.ResourceExhausted, () => PutMany("me", "raw", 5_000_000));
        Unchanged();
    }

    [Fact]
    public async Task Waits_end_by_their_deadline_whatever_was_asked_for()
    {
        var id = ObjectId.New().ToWire();
        var soon = new CallOptions(Deadline: DateTime.UtcNow.AddMilliseconds(200));
        await Refused(StatusCode.DeadlineExceeded, () => _client.WaitAsync(new WaitRequest { Ids = { id }, Timeout = ulong.MaxValue }, soon).ResponseAsync);
        await Refused(StatusCode.NotFound, () => Get(new GetRequest { Id = id, Wait = 20 }));
        await Refused(StatusCode.NotFound, () => Read(new ReadStreamRequest { Id = id, Wait = 20 }));
        Unchanged();
    }

    [Fact]
    public async Task Small_objects_go_in_and_out_many_at_a_time()
    {
        var put = await PutMany("me", "raw", 10, 0, 6000).Within();
        var missing = ObjectId.New().ToWire();
        var large = (await _served.Store.PutAsync(new byte[9000], "raw").Within()).Id.ToWire();
        var got = await _client.GetManyAsync(new GetManyRequest { Ids = { put.Ids[2], missing, large, put.Ids[0], put.Ids[1], put.Ids[2] } }, Options).ResponseAsync.Within();
        Assert.Equal(
            [GotObject.Types.State.Here, GotObject.Types.State.Absent, GotObject.Types.State.LeftOut, GotObject.Types.State.Here, GotObject.Types.State.Here, GotObject.Types.State.LeftOut],
            got.Objects.Select(o => o.State));
        Assert.Equal([6000, 0, 0, 10, 0, 0], got.Objects.Select(o => o.Data.Length));
        var stat = (await _client.StatObjectAsync(new StatObjectRequest { Id = put.Ids[0] }, Options).ResponseAsync.Within()).Object;
        Assert.Equal((10UL, 1U, true), (stat.Size, stat.References, stat.InMemory));
        Assert.Equal(2U, (await _client.DeleteAsync(new DeleteRequest { Ids = { put.Ids[0], missing, put.Ids[1] } }, Options).ResponseAsync.Within()).Deleted);
        Assert.Equal(0, _served.Store.Statistics.Leases);
    }

    [Fact]
    public async Task A_page_of_a_list_fits_into_a_message_whatever_words_objects_have()
    {
        var words = new Dictionary<string, string> { ["k"] = new string('x', 4000) };
        for (var i = 0; i < 1500; i++)
        {
            await _served.Store.PutAsync(new byte[1], new PutOptions { Metadata = words }).Within();
        }

        var listed = 0;
        var request = new ListRequest { Limit = uint.MaxValue };
        for (var pages = 0; ; pages++)
        {
            var page = await _client.ListAsync(request, Options).ResponseAsync.Within();
            listed += page.Objects.Count;
            if (page.Continuation == 0)
            {
                Assert.True(pages > 1);
                break;
            }

            request.Continuation = page.Continuation;
        }

        Assert.Equal(1500, listed);
    }

    [Fact]
    public async Task What_is_appended_to_a_stream_has_its_form()
    {
        var created = await _client.CreateStreamAsync(new CreateStreamRequest { Owner = "me", Codec = "raw", WriterGrace = 60_000 }, Options).ResponseAsync.Within();
        var id = created.Id;
        await Refused(StatusCode.InvalidArgument, () => Append());
        await Refused(StatusCode.InvalidArgument, () => Append(Chunks(false, 1)));
        await Refused(StatusCode.PermissionDenied, () => Append(Header(id, 0, "you")));
        await Refused(StatusCode.PermissionDenied, () => _client.AbandonStreamAsync(new AbandonStreamRequest { Id = id, Owner = "you" }, Options).ResponseAsync);
        await Refused(StatusCode.FailedPrecondition, () => Append(Header(id, 7)));
        await Refused(StatusCode.FailedPrecondition, () => Append(Header(id, ulong.MaxValue)));
        await Refused(StatusCode.InvalidArgument, () => Append(Header(id, 0), Header(id, 0)));
        await Refused(StatusCode.InvalidArgument, () => Append(Header(id, 0), Chunks(false)));
        await Refused(StatusCode.InvalidArgument, () => Append(Header(id, 0), Chunks(false, [.. new int[1025]])));
        await Refused(StatusCode.InvalidArgument, () => Append(Header(id, 0), Chunks(false, 8193)));
        await Refused(StatusCode.InvalidArgument, () => Append(Header(id, 0), End(Wire.StreamState.Open)));
        await Refused(StatusCode.InvalidArgument, () => Append(Header(id, 0), End(Wire.StreamState.Abandoned)));
        await Refused(StatusCode.InvalidArgument, () => Append(Header(id, 0), Chunks(true, 5), End(Wire.StreamState.Completed)));
        await Refused(StatusCode.OutOfRange, () => Append([Header(id, 0), .. Enumerable.Repeat(Chunks(true, 8192), 129)]));
        await _served.Until(s => s.Unfinished == 0, "the chunks that were begun to be given up");
        Assert.Equal(0UL, (await Stat(id)).Next);
        Assert.Equal(3UL, (await Append(Header(id, 0), Chunks(true, 1, 5), Chunks(true, 6), Chunks(false, 7, 2)).Within()).Offset);
        Assert.Equal([1, 18, 2], (await Read(new ReadStreamRequest { Id = id, Count = 3 }).Within()).Select(c => c.Length));
        await Refused(StatusCode.InvalidArgument, () => Append(Header(id, 3), End(Wire.StreamState.Completed), Chunks(false, 1)));
        await Refused(StatusCode.FailedPrecondition, () => Append(Header(id, 3)));
        Assert.Equal((Wire.StreamState.Completed, 3UL, 21UL), ((await Stat(id)).State, (await Stat(id)).Next, (await Stat(id)).Bytes));
        Assert.Equal([18, 2], (await Read(new ReadStreamRequest { Id = id, Start = StreamStart.Offset, Offset = 1, Detached = true }).Within()).Select(c => c.Length));
        await Refused(StatusCode.InvalidArgument, () => _client.CreateStreamAsync(new CreateStreamRequest { Owner = "me", Codec = "raw", Id = id }, Options).ResponseAsync);
        Assert.Empty(await Read(new ReadStreamRequest { Id = id, Start = StreamStart.Offset, Offset = ulong.MaxValue }).Within());
    }

    [Fact]
    public async Task A_chunk_whose_parts_stop_coming_is_given_up()
    {
        await using var served = await ServedStore.StartAsync(configureService: o => o.StallTimeout = TimeSpan.FromMilliseconds(300));
        await using var channel = RpcChannel.ForAddress(served.Address);
        var client = new Wire.ObjectStore.ObjectStoreClient(channel);
        var created = await client.CreateStreamAsync(new CreateStreamRequest { Owner = "me", Codec = "raw" }, Options).ResponseAsync.Within();
        using var call = client.AppendStream(Options);
        await call.RequestStream.WriteAsync(Header(created.Id, 0)).Within();
        await call.RequestStream.WriteAsync(Chunks(true, 5000)).Within();
        await Refused(StatusCode.DeadlineExceeded, () => call.ResponseAsync);
        await served.Until(s => s.Unfinished == 0, "the chunk to be given up");
    }

    [Fact]
    public async Task An_owner_that_was_released_is_refused_until_it_says_hello()
    {
        _served.Store.ReleaseOwner("me");
        await Refused(StatusCode.FailedPrecondition, () => PutMany("me", "raw", 1));
        await Refused(StatusCode.FailedPrecondition, () => _client.CreateStreamAsync(new CreateStreamRequest { Owner = "me", Codec = "raw" }, Options).ResponseAsync);
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

    private void Unchanged() => Assert.Equal((0, 0, 0), (_served.Store.Statistics.Objects, _served.Store.Statistics.Unfinished, _served.Store.Statistics.Leases));

    private static AppendStreamRequest Header(ByteString id, ulong offset, string owner = "me") =>
        new() { Header = new AppendStreamHeader { Id = id, Owner = owner, Offset = offset } };

    private static AppendStreamRequest Chunks(bool more, params int[] sizes) =>
        new() { Chunks = new StreamChunks { More = more, Chunks = { sizes.Select(size => ByteString.CopyFrom(new byte[size])) } } };

    private static AppendStreamRequest End(Wire.StreamState state) => new() { End = new StreamEnd { State = state } };

    private async Task<StatStreamResponse> Stat(ByteString id) => await _client.StatStreamAsync(new StatStreamRequest { Id = id }, Options).ResponseAsync.Within();

    private Task<PutManyResponse> PutMany(string owner, string codec, params int[] sizes) => _client.PutManyAsync(
        new PutManyRequest { Owner = owner, Codec = codec, Objects = { sizes.Select(size => ByteString.CopyFrom(new byte[size])) } }, Options).ResponseAsync;

    private Task<AppendStreamResponse> Append(params AppendStreamRequest[] parts) => Send(_client.AppendStream(Options), parts);

    private async Task<List<byte[]>> Read(ReadStreamRequest request)
    {
        using var call = _client.ReadStream(request, Options);
        var chunks = new List<byte[]>();
        var isPart = false;
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            foreach (var chunk in part.Chunks?.Chunks ?? [])
            {
                if (isPart)
                {
                    chunks[^1] = [.. chunks[^1], .. chunk];
                }
                else
                {
                    chunks.Add(chunk.ToByteArray());
                }

                isPart = false;
            }

            isPart = part.Chunks?.More == true;
        }

        return chunks;
    }

    private Task<PutResponse> Put(PutHeader header, params int[] chunks) =>
        Send([new PutRequest { Header = header }, .. chunks.Select(c => new PutRequest { Chunk = ByteString.CopyFrom(new byte[c]) })]);

    private Task<PutResponse> Put() => Send();

    private Task<PutResponse> Send(params PutRequest[] parts) => Send(_client.Put(Options), parts);

    private static async Task<TResponse> Send<TRequest, TResponse>(AsyncClientStreamingCall<TRequest, TResponse> call, TRequest[] parts)
        where TRequest : class
        where TResponse : class
    {
        using (call)
        {
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
