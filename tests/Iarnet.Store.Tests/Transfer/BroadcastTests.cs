using Iarnet.Store.Transfer;

namespace Iarnet.Store.Tests.Transfer;

public sealed class BroadcastTests : IAsyncLifetime
{
    private readonly StoreDirectory _directory = new();
    private readonly List<TransferNode> _readers = [];
    private TransferNode _source = null!;

    public async Task InitializeAsync() => _source = await TransferNode.StartAsync("source", _directory);

    public async Task DisposeAsync()
    {
        foreach (var reader in _readers)
        {
            await reader.DisposeAsync();
        }

        await _source.DisposeAsync();
    }

    [Fact]
    public async Task Eight_readers_that_come_together_form_a_chain()
    {
        var bytes = Data.Bytes(16 << 20, 1);
        var reference = _source.Objects.Put(bytes, "source");
        await Readers(8);
        var open = HoldAfter(0);
        var fetches = new List<Task>();
        for (var i = 0; i < 8; i++)
        {
            // One after the other, so that who comes behind whom is known.
            fetches.Add(_readers[i].FetchAsync(reference));
            await Eventually.True(() => _source.Server.Statistics.Redirects == i && _readers[i].Objects.Begun == 1, $"reader {i} was placed");
        }

        open.SetResult();
        await Task.WhenAll(fetches).Within();

        Assert.Equal(bytes.Length, _source.Server.Statistics.SentBytes);
        for (var i = 0; i < 8; i++)
        {
            Assert.True(bytes.AsSpan().SequenceEqual(_readers[i].Objects.Bytes(reference)));
            Assert.Equal(i < 7 ? bytes.Length : 0, _readers[i].Server.Statistics.SentBytes);
            Assert.Equal(i == 0 ? 0 : 1, _readers[i].Fetcher.Statistics.Relayed);
        }
    }

    [Fact]
    public async Task A_relay_passes_on_while_it_receives()
    {
        var bytes = Data.Bytes(16 << 20, 1);
        var reference = _source.Objects.Put(bytes, "source");
        await Readers(2);
        var open = HoldAfter(8 << 20);
        var first = _readers[0].FetchAsync(reference);
        await Eventually.True(() => _readers[0].Objects.Begun == 1, "the first reader was placed");
        var second = _readers[1].FetchAsync(reference);

        // The source has sent half of it and no more: the second reader has that half already.
        await Eventually.True(() => _readers[1].Fetcher.Statistics.ReceivedBytes == 8 << 20, "half of it arrived at the second reader");
        Assert.Equal(8 << 20, _source.Server.Statistics.SentBytes);
        open.SetResult();
        await Task.WhenAll(first, second).Within();
        Assert.Equal(bytes, _readers[1].Objects.Bytes(reference));
    }

    [Fact]
    public async Task Who_comes_later_reads_from_the_source_when_it_is_free_and_else_from_copies()
    {
        var reference = _source.Objects.Put(Data.Bytes(8 << 20, 1), "source");
        await Readers(4);
        await _readers[0].FetchAsync(reference);
        await _readers[1].FetchAsync(reference);
        await Eventually.True(() => _source.Server.Statistics.SentBytes == 16 << 20, "both were served by the source");

        // The source is busy with the third: the fourth reads from a copy.
        var open = HoldAfter(0);
        var third = _readers[2].FetchAsync(reference);
        await Eventually.True(() => _readers[2].Objects.Begun == 1, "the third was placed");
        await _readers[3].FetchAsync(reference);
        Assert.Equal(8 << 20, _readers[0].Server.Statistics.SentBytes + _readers[1].Server.Statistics.SentBytes);
        open.SetResult();
        await third;
    }

    [Fact]
    public async Task A_copy_that_was_thrown_away_sends_its_reader_back_to_the_source()
    {
        var bytes = Data.Bytes(8 << 20, 1);
        var reference = _source.Objects.Put(bytes, "source");
        await Readers(3);
        await _readers[0].FetchAsync(reference);
        _readers[0].Objects.Remove(reference);
        var open = HoldAfter(0);
        var second = _readers[1].FetchAsync(reference);
        await Eventually.True(() => _readers[1].Objects.Begun == 1, "the second was placed");

        var third = _readers[2].FetchAsync(reference);
        await Eventually.True(() => _readers[2].Fetcher.Statistics.Fallbacks == 1, "the third found no copy at the first");
        open.SetResult();
        await Task.WhenAll(second, third).Within();

        Assert.Equal(bytes, _readers[2].Objects.Bytes(reference));
    }

    [Fact]
    public async Task A_relay_that_dies_in_the_middle_costs_its_readers_only_what_was_missing()
    {
        var bytes = Data.Bytes(16 << 20, 1);
        var reference = _source.Objects.Put(bytes, "source");
        await Readers(3);
        var open = HoldAfter(8 << 20);
        var fetches = new List<Task>();
        for (var i = 0; i < 3; i++)
        {
            fetches.Add(_readers[i].FetchAsync(reference));
            await Eventually.True(() => _readers[i].Fetcher.Statistics.ReceivedBytes == 8 << 20, $"half of it arrived at reader {i}");
        }

        await _readers[0].DisposeAsync();
        open.SetResult();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => fetches[0]);
        await Task.WhenAll(fetches.Skip(1)).Within();
        foreach (var reader in _readers.Skip(1))
        {
            Assert.True(bytes.AsSpan().SequenceEqual(reader.Objects.Bytes(reference)));
            Assert.InRange(reader.Fetcher.Statistics.ReceivedBytes, bytes.Length, bytes.Length + (2 * TransferLimits.ChunkBytes));
        }

        Assert.Equal(0, _readers[0].Objects.Copies);
    }

    [Fact]
    public async Task When_the_source_dies_whoever_has_everything_serves_the_rest()
    {
        var bytes = Data.Bytes(16 << 20, 1);
        var reference = _source.Objects.Put(bytes, "source");
        await Readers(2);
        await _readers[0].FetchAsync(reference);
        await Eventually.True(() => _source.Server.Statistics.SentBytes == 16 << 20, "the first was served");
        var open = HoldAfter(4 << 20);
        var second = _readers[1].FetchAsync(reference);
        await Eventually.True(() => _readers[1].Fetcher.Statistics.ReceivedBytes == 4 << 20, "the second has a quarter");

        await _source.DisposeAsync();
        await second;

        Assert.Equal(bytes, _readers[1].Objects.Bytes(reference));
        Assert.Equal(12 << 20, _readers[0].Server.Statistics.SentBytes);
        open.TrySetResult();
    }

    [Fact]
    public async Task When_the_source_of_a_chain_dies_everybody_in_it_learns_that()
    {
        var reference = _source.Objects.Put(Data.Bytes(16 << 20, 1), "source");
        await Readers(3);
        HoldAfter(4 << 20);
        var fetches = new List<Task>();
        for (var i = 0; i < 3; i++)
        {
            fetches.Add(_readers[i].FetchAsync(reference));
            await Eventually.True(() => _readers[i].Fetcher.Statistics.ReceivedBytes == 4 << 20, $"a quarter arrived at reader {i}");
        }

        await _source.DisposeAsync();

        foreach (var fetch in fetches)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => fetch);
        }

        Assert.All(_readers, r => Assert.Equal(0, r.Objects.Copies));
    }

    [Fact]
    public async Task Small_objects_take_no_detour()
    {
        var reference = _source.Objects.Put(Data.Bytes(100_000, 1), "source");
        await Readers(4);
        await Task.WhenAll(_readers.Select(r => r.FetchAsync(reference)));
        Assert.Equal(0, _source.Server.Statistics.Redirects);
        Assert.Equal(400_000, _source.Server.Statistics.SentBytes);
    }

    [Fact]
    public async Task Forty_readers_at_once_all_get_it_and_nobody_serves_many()
    {
        var bytes = Data.Bytes(5 << 20, 1);
        var reference = _source.Objects.Put(bytes, "source");
        await Readers(40);
        await Task.WhenAll(_readers.Select(r => r.FetchAsync(reference)));
        Assert.All(_readers, r => Assert.True(bytes.AsSpan().SequenceEqual(r.Objects.Bytes(reference))));
        Assert.True(_source.Server.Statistics.SentBytes <= 20L * bytes.Length, $"The source sent {_source.Server.Statistics}.");
    }

    private async Task Readers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _readers.Add(await TransferNode.StartAsync($"reader{i}", _directory, configureFetcher: o => o.RetryPause = TimeSpan.FromMilliseconds(1)));
        }
    }

    /// <summary>The source sends no range that begins at or after the offset until it is let.</summary>
    private TaskCompletionSource HoldAfter(long offset)
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Objects.BeforeRange = (at, ct) => at >= offset ? open.Task.WaitAsync(ct) : Task.CompletedTask;
        return open;
    }
}
