using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Tests.Service;

/// <summary>Streams between processes: what holds in one process holds over a connection, and connections end.</summary>
public sealed class StreamServiceTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Streams_are_the_same_from_within_and_from_outside(bool remoteWriter, bool remoteReader)
    {
        await using var served = await ServedStore.StartAsync(configureService: o => o.MaxChunkBytes = 64 * 1024);
        await using var client = await served.ConnectAsync("me");
        IObjectStreams writes = remoteWriter ? client : served.Store;
        IObjectStreams reads = remoteReader ? client : served.Store;
        var words = new Dictionary<string, string> { ["k"] = "v" };
        await using var writer = await writes.CreateStreamAsync(new StreamOptions { Codec = "mine", Metadata = words, BufferChunks = 50 }).Within();
        await using var early = await reads.OpenStreamAsync(writer.Reference).Within();
        await using var behind = await reads.OpenStreamAsync(writer.Reference, new StreamReadOptions { FromEnd = true }).Within();
        var chunks = Enumerable.Range(0, 300).Select(i => Data.Bytes(i % 50 == 49 ? 300_000 : i * 37 % 3_000, i)).ToArray();
        var reading = Task.Run(() => ReadAll(early));
        var alsoReading = Task.Run(() => ReadAll(behind));
        foreach (var chunk in chunks[..100])
        {
            await writer.WriteAsync(chunk).Within();
        }

        await writer.WriteManyAsync([.. chunks[100..].Select(c => (ReadOnlyMemory<byte>)c)]).Within();
        Assert.Equal(300, writer.Offset);
        await writer.CompleteAsync().Within();
        Assert.Equal(chunks, await reading.Within());
        Assert.Equal(chunks, await alsoReading.Within());
        await using var late = await reads.OpenStreamAsync(writer.Reference, new StreamReadOptions { From = 290 }).Within();
        Assert.Equal(290, late.Position);
        using (var one = await late.GetChunkAsync(49, TimeSpan.Zero).Within())
        {
            Assert.Equal(chunks[49], one!.Span.ToArray());
            Assert.Equal(("mine", "v"), (one.Codec, remoteReader ? one.Metadata!["k"] : "v"));
        }

        Assert.Null(await late.GetChunkAsync(300, Long).Within());
        Assert.Equal(chunks[290..], await ReadAll(late).Within());
        using (var whole = await client.GetAsync(writer.Reference).Within())
        {
            Assert.Equal(chunks.SelectMany(c => c), whole.Span.ToArray());
        }

        served.Store.Release(writer.Reference);
        await served.Until(s => s is { Objects: 0, Leases: 0, Unfinished: 0 }, "the stream to be gone");
        await served.Store.CheckIntegrityAsync();
    }

    [Fact]
    public async Task The_error_of_a_writer_reaches_readers_in_other_processes()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync("me");
        await using var failing = await client.CreateStreamAsync().Within();
        await using var reader = await client.OpenStreamAsync(failing.Reference).Within();
        await failing.WriteAsync(new byte[] { 1 }).Within();
        await failing.FailAsync("the disk burns").Within();
        (await reader.ReadAsync().Within())!.Dispose();
        var error = await Assert.ThrowsAsync<StreamFailedException>(() => reader.ReadAsync().Within());
        Assert.Contains("the disk burns", error.Message, StringComparison.Ordinal);

        var left = await client.CreateStreamAsync(new StreamOptions { WriterGrace = TimeSpan.FromHours(1) }).Within();
        await using var waiting = await client.OpenStreamAsync(left.Reference).Within();
        var read = waiting.ReadAsync().AsTask();
        await left.DisposeAsync().Within();
        await Assert.ThrowsAsync<StreamAbandonedException>(() => read.Within());

        var gone = new ObjectRef(ObjectId.New(), client.Source);
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => client.OpenStreamAsync(gone).Within());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => client.OpenStreamAsync(gone, new StreamReadOptions { Wait = TimeSpan.FromMilliseconds(20) }).Within());
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => client.ResumeStreamAsync(gone).Within());
    }

    [Fact]
    public async Task A_writer_whose_connection_is_cut_goes_on_within_the_grace()
    {
        await using var served = await ServedStore.StartAsync();
        await using var watch = await served.ConnectAsync("reader");
        await using var wire = new CuttableConnection(served.Address);
        await using var first = await StoreClient.ConnectAsync(wire.Address, new StoreClientOptions { Owner = "me" }).Within();
        var writer = await first.CreateStreamAsync(new StreamOptions { WriterGrace = TimeSpan.FromHours(1) }).Within();
        await using var reader = await watch.OpenStreamAsync(writer.Reference).Within();
        await writer.WriteAsync(new byte[] { 1 }).Within();
        (await reader.ReadAsync().Within())!.Dispose();
        wire.Cut();

        await using var second = await served.ConnectAsync("me");
        await using var again = await second.ResumeStreamAsync(writer.Reference).Within();
        Assert.Equal(1, again.Offset);
        await again.WriteAsync(new byte[] { 2 }).Within();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.WriteAsync(new byte[] { 3 }).Within());
        await again.CompleteAsync().Within();
        Assert.Equal([[2]], await ReadAll(reader).Within());
        await Assert.ThrowsAsync<InvalidOperationException>(() => second.ResumeStreamAsync(writer.Reference).Within());
    }

    [Fact]
    public async Task A_writer_that_does_not_come_back_has_abandoned_its_stream()
    {
        await using var served = await ServedStore.StartAsync();
        await using var wire = new CuttableConnection(served.Address);
        await using var client = await StoreClient.ConnectAsync(wire.Address, new StoreClientOptions { Owner = "me" }).Within();
        var writer = await client.CreateStreamAsync(new StreamOptions { WriterGrace = TimeSpan.FromMilliseconds(100) }).Within();
        await using var reader = await served.Store.OpenStreamAsync(writer.Reference).Within();
        await writer.WriteAsync(new byte[] { 1 }).Within();
        (await reader.ReadAsync().Within())!.Dispose();
        wire.Cut();
        await Assert.ThrowsAsync<StreamAbandonedException>(() => reader.ReadAsync().Within());

        await using var other = await served.ConnectAsync("me");
        await Assert.ThrowsAsync<StreamAbandonedException>(() => other.ResumeStreamAsync(writer.Reference).Within());
    }

    [Fact]
    public async Task A_client_that_closes_lets_go_of_what_it_reads_and_writes()
    {
        await using var served = await ServedStore.StartAsync();
        var client = await served.ConnectAsync("me");
        await using var writer = await client.CreateStreamAsync(new StreamOptions { WriterGrace = TimeSpan.Zero }).Within();
        await using var reader = await client.OpenStreamAsync(writer.Reference).Within();
        var read = reader.ReadAsync().AsTask();
        await client.DisposeAsync().Within();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => read.Within());
        await served.Until(_ => served.Store.StatStream(writer.Reference) is { Readers: 0, State: Iarnet.Store.StreamState.Abandoned }, "both to be gone");
    }

    [Fact]
    public async Task A_writer_that_comes_twice_takes_over_from_itself()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync("me");
        var dead = await client.CreateStreamAsync(new StreamOptions { BufferChunks = 1 }).Within();
        await using var reader = await served.Store.OpenStreamAsync(dead.Reference).Within();
        await dead.WriteAsync(new byte[] { 1 }).Within();

        // The store holds it: it would never notice that its writer is gone.
        await dead.WriteAsync(new byte[] { 2 }).Within();
        await served.Until(_ => served.Store.StatStream(dead.Reference)!.Next == 1, "the first chunk");
        await using var alive = await client.ResumeStreamAsync(dead.Reference).Within();
        (await reader.ReadAsync().Within())!.Dispose();
        await alive.WriteAsync(new byte[] { 3 }).Within();
        using (var chunk = await reader.ReadAsync().Within())
        {
            Assert.Equal([3], chunk!.Span.ToArray());
        }

        await Assert.ThrowsAsync<StreamAbandonedException>(() => dead.CompleteAsync().Within());
        await alive.CompleteAsync().Within();
        Assert.Null(await reader.ReadAsync().Within());
    }

    [Fact]
    public async Task A_slow_reader_holds_the_writer_and_a_dead_one_does_not()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync("me");
        await using var writer = await client.CreateStreamAsync(new StreamOptions { Retain = false, BufferBytes = 1 << 20 }).Within();
        await using var fast = await served.Store.OpenStreamAsync(writer.Reference).Within();
        await using var wire = new CuttableConnection(served.Address);
        await using var channel = RpcChannel.ForAddress(wire.Address);
        using var slow = new Wire.ObjectStore.ObjectStoreClient(channel).ReadStream(new ReadStreamRequest { Id = writer.Reference.Id.ToWire() }, default(CallOptions));
        await served.Until(_ => served.Store.StatStream(writer.Reference)!.Readers == 2, "both readers");

        // Never read: buffers of both ends of the connection fill, and then the buffer of the stream.
        var reading = Task.Run(() => ReadAll(fast));
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await writer.WriteAsync(new byte[64 * 1024]);
            }

            await writer.CompleteAsync();
        });
        var stuck = 0L;
        await served.Until(
            _ =>
            {
                var info = served.Store.StatStream(writer.Reference)!;
                (var was, stuck) = (stuck, info.Next);
                return was == stuck && info.Next - info.First == 16;
            },
            "the writer to wait");
        Assert.False(writing.IsCompleted);
        Assert.InRange(served.Store.Statistics.Bytes, 1 << 20, 3 << 20);
        wire.Cut();
        await writing.Within();
        Assert.Equal(1000, (await reading.Within()).Count);
        Assert.Equal(1, served.Store.StatStream(writer.Reference)!.Readers);
        Assert.Equal(1, served.Store.Statistics.Objects);
    }

    [Fact]
    public async Task Waits_of_a_remote_reader_end_and_lose_nothing()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync("me");
        await using var writer = await served.Store.CreateStreamAsync().Within();
        await using var reader = await client.OpenStreamAsync(writer.Reference).Within();
        var soon = TimeSpan.FromMilliseconds(20);
        await Assert.ThrowsAsync<CallTimeoutException>(() => reader.ReadAsync(soon).Within());
        await Assert.ThrowsAsync<CallTimeoutException>(() => reader.GetChunkAsync(0, soon).Within());
        using var cancel = new CancellationTokenSource();
        var waits = new Task[]
        {
            reader.ReadAsync(cancel.Token).AsTask(),
            reader.GetChunkAsync(5, Long, cancel.Token).AsTask(),
            client.OpenStreamAsync(new ObjectRef(ObjectId.New(), client.Source), new StreamReadOptions { Wait = Long }, cancel.Token).AsTask(),
            client.GetAsync(writer.Reference, Long, cancel.Token).AsTask(),
        };
        await cancel.CancelAsync();
        foreach (var wait in waits)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Within());
        }

        await writer.WriteAsync(new byte[] { 1 }).Within();
        using var chunk = await reader.ReadAsync().Within();
        Assert.Equal([1], chunk!.Span.ToArray());
        await reader.DisposeAsync().Within();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reader.ReadAsync().Within());
        await served.Until(_ => served.Store.StatStream(writer.Reference)!.Readers == 0, "the reader to be gone");
    }

    [Fact]
    public async Task The_end_of_the_store_is_the_end_of_readers_and_writers()
    {
        await using var served = await ServedStore.StartAsync();
        await using var client = await served.ConnectAsync("me");
        await using var writer = await client.CreateStreamAsync().Within();
        await using var reader = await client.OpenStreamAsync(writer.Reference).Within();
        var read = reader.ReadAsync().AsTask();
        await served.Server.DisposeAsync().Within();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => read.Within());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.CompleteAsync().Within());
    }

    [Fact]
    public async Task A_store_with_a_token_answers_nobody_else()
    {
        const string Token = "sesame-sesame-sesame";
        await using var served = await ServedStore.StartAsync(configureService: o => o.AccessToken = Token);
        await using var client = await served.ConnectAsync(configure: o =>
        {
            o.AccessToken = Token;
            o.UseSharedMemory = false;
        });
        var put = await client.PutAsync(new byte[100_000], CodecNames.Raw).Within();
        (await client.GetAsync(put).Within()).Dispose();
        await using (var writer = await client.CreateStreamAsync().Within())
        {
            await writer.WriteAsync(new byte[10]).Within();
            await writer.CompleteAsync().Within();
            await using var reader = await client.OpenStreamAsync(writer.Reference).Within();
            Assert.Single(await ReadAll(reader).Within());
        }

        client.Release(put);
        await served.Until(s => s.Objects == 2, "the release to be let through");
        foreach (var wrong in new[] { null, Token[1..], Token + "x", "" })
        {
            await Assert.ThrowsAsync<IarnetException>(() => served.ConnectAsync(configure: o => o.AccessToken = wrong));
        }

        await using var channel = RpcChannel.ForAddress(served.Address);
        var plain = new Wire.ObjectStore.ObjectStoreClient(channel);
        using var get = plain.Get(new GetRequest { Id = put.Id.ToWire() }, default(CallOptions));
        using var append = plain.AppendStream(default(CallOptions));
        foreach (var call in new Func<Task>[]
        {
            () => plain.StatAsync(new StatRequest(), default(CallOptions)).ResponseAsync,
            () => plain.DeleteAsync(new DeleteRequest { Ids = { put.Id.ToWire() } }, default(CallOptions)).ResponseAsync,
            () => get.ResponseStream.MoveNext(CancellationToken.None),
            () => append.ResponseAsync,
        })
        {
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => call().Within())).StatusCode);
        }

        Assert.Throws<ArgumentException>(() => new StoreService(served.Store, new StoreServiceOptions { AccessToken = "short" }));
    }

    private static async Task<List<byte[]>> ReadAll(ObjectStreamReader reader)
    {
        var all = new List<byte[]>();
        await foreach (var chunk in reader)
        {
            using (chunk)
            {
                all.Add(chunk.Span.ToArray());
            }
        }

        return all;
    }
}
