using Iarnet.Objects;
using Iarnet.Store.Transfer;

namespace Iarnet.Store.Tests.Transfer;

public sealed class FetchTests : IAsyncLifetime
{
    private readonly StoreDirectory _directory = new();
    private TransferNode _source = null!;
    private TransferNode _reader = null!;

    public async Task InitializeAsync()
    {
        _source = await TransferNode.StartAsync("source", _directory);
        _reader = await TransferNode.StartAsync("reader", _directory);
    }

    public async Task DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4097)]
    [InlineData(TransferLimits.ChunkBytes - 1)]
    [InlineData(TransferLimits.ChunkBytes)]
    [InlineData(TransferLimits.ChunkBytes + 1)]
    [InlineData((5 * TransferLimits.ChunkBytes) + 12345)]
    [InlineData(64 << 20)]
    public async Task An_object_arrives_as_it_was_whatever_its_size(int size)
    {
        var bytes = Data.Bytes(size, size);
        var metadata = new Dictionary<string, string> { ["shape"] = "4x4", ["näme"] = "ü" };
        var reference = _source.Objects.Put(bytes, "source", "array.float32", metadata);

        await _reader.FetchAsync(reference);

        Assert.True(bytes.AsSpan().SequenceEqual(_reader.Objects.Bytes(reference)));
        Assert.Equal("array.float32", _reader.Objects.Codec(reference));
        Assert.Equal(metadata, _reader.Objects.Metadata(reference));
        Assert.Equal(size, _source.Server.Statistics.SentBytes);
        Assert.Equal(size, _reader.Fetcher.Statistics.ReceivedBytes);
        Assert.Equal(0, _reader.Objects.Copies);
        await Eventually.True(() => _source.Objects.Opened == 0, "the source gave its object back");
    }

    [Fact]
    public async Task An_object_arrives_over_a_unix_socket()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path);
        var path = Path.Combine(folder.Path, "transfer");
        await using (var source = await TransferNode.StartAsync("unix", _directory, o => o.Endpoints = ["unix://" + path]))
        {
            var bytes = Data.Bytes(3_000_000, 7);
            var reference = source.Objects.Put(bytes, "unix");
            await _reader.FetchAsync(reference);
            Assert.Equal(bytes, _reader.Objects.Bytes(reference));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Several_streams_together_bring_every_chunk_once()
    {
        await using var reader = await TransferNode.StartAsync("parallel", _directory, configureFetcher: o =>
        {
            o.Streams = 4;
            o.StreamsOnOneMachine = 4;
            o.ParallelMinimum = 0;
            o.RangeBytes = TransferLimits.ChunkBytes;
        });
        var bytes = Data.Bytes((37 * TransferLimits.ChunkBytes) + 1, 5);
        var reference = _source.Objects.Put(bytes, "source");

        await reader.FetchAsync(reference);

        Assert.Equal(bytes, reader.Objects.Bytes(reference));
        Assert.Equal(bytes.Length, _source.Server.Statistics.SentBytes);
        Assert.Equal(38, _source.Server.Statistics.Reads);
    }

    [Fact]
    public async Task Many_who_want_one_object_share_one_transfer()
    {
        var bytes = Data.Bytes(8 << 20, 3);
        var reference = _source.Objects.Put(bytes, "source");
        var open = new TaskCompletionSource();
        _source.Objects.BeforeRange = (_, ct) => open.Task.WaitAsync(ct);

        var fetches = Enumerable.Range(0, 100).Select(_ => _reader.FetchAsync(reference)).ToArray();
        Assert.Equal(1, _reader.Fetcher.Statistics.Running);
        open.SetResult();
        await Task.WhenAll(fetches).Within();

        Assert.Equal(bytes.Length, _source.Server.Statistics.SentBytes);
        Assert.Equal(1, _reader.Objects.Begun);
        Assert.Equal(1, _reader.Fetcher.Statistics.Fetched);
    }

    [Fact]
    public async Task Many_objects_at_once_use_few_connections_again()
    {
        var references = Enumerable.Range(0, 200).Select(i => _source.Objects.Put(Data.Bytes(i * 1000, i), "source")).ToArray();
        await Task.WhenAll(references.Select(r => _reader.FetchAsync(r)));
        foreach (var reference in references)
        {
            Assert.Equal(_source.Objects.Bytes(reference), _reader.Objects.Bytes(reference));
        }

        Assert.InRange(_reader.Fetcher.Statistics.Connections, 1, new ObjectFetcherOptions().IdleConnections);
    }

    [Fact]
    public async Task An_object_that_its_source_does_not_have_is_not_found()
    {
        var reference = new ObjectRef(ObjectId.New(), "source");
        var error = await Assert.ThrowsAsync<ObjectNotFoundException>(() => _reader.FetchAsync(reference));
        Assert.Contains(reference.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _reader.Objects.Begun);
    }

    [Fact]
    public async Task A_node_that_no_directory_knows_is_unavailable()
    {
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => _reader.FetchAsync(new ObjectRef(ObjectId.New(), "nobody")));
        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_unavailable()
    {
        var reference = _source.Objects.Put(Data.Bytes(1000, 1), "source");
        await _source.DisposeAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _reader.FetchAsync(reference));
    }

    [Fact]
    public async Task A_full_store_says_so_and_the_next_transfer_is_not_disturbed()
    {
        _reader.Objects.Limit = 100;
        var large = _source.Objects.Put(Data.Bytes(101, 1), "source");
        var small = _source.Objects.Put(Data.Bytes(100, 1), "source");
        await Assert.ThrowsAsync<StoreFullException>(() => _reader.FetchAsync(large));
        await _reader.FetchAsync(small);
        Assert.Equal(_source.Objects.Bytes(small), _reader.Objects.Bytes(small));
    }

    [Fact]
    public async Task An_object_over_the_limit_is_not_begun()
    {
        await using var reader = await TransferNode.StartAsync("small", _directory, configureFetcher: o => o.MaxObjectBytes = 1000);
        var reference = _source.Objects.Put(Data.Bytes(1001, 1), "source");
        await Assert.ThrowsAsync<MessageTooLargeException>(() => reader.FetchAsync(reference));
        Assert.Equal(0, reader.Objects.Begun);
    }

    [Fact]
    public async Task An_id_that_was_used_again_for_other_bytes_brings_those()
    {
        var reference = _source.Objects.Put(Data.Bytes(1 << 20, 1), "source");
        await _reader.FetchAsync(reference);
        var others = Data.Bytes(1 << 20, 2);
        _source.Objects.Put(others, "source", id: reference.Id);
        _reader.Objects.Remove(reference);

        await _reader.FetchAsync(reference);

        Assert.Equal(others, _reader.Objects.Bytes(reference));
        Assert.Equal(2, _reader.Fetcher.Statistics.Damaged);
    }
}
