using Iarnet.Store.Transfer;

namespace Iarnet.Store.Tests.Transfer;

public sealed class FaultTests : IAsyncLifetime
{
    private readonly StoreDirectory _directory = new();
    private TransferNode _source = null!;
    private TransferNode _reader = null!;
    private Proxy _proxy = null!;

    public async Task InitializeAsync()
    {
        _source = await TransferNode.StartAsync("source", _directory);
        _proxy = new Proxy(_source.Endpoint);
        _directory.Set("source", _proxy.Endpoint);
        _reader = await TransferNode.StartAsync("reader", _directory, configureFetcher: o =>
        {
            o.StallTimeout = TimeSpan.FromSeconds(3);
            o.RetryPause = TimeSpan.FromMilliseconds(1);
            o.Grace = TimeSpan.FromMilliseconds(50);
        });
    }

    public async Task DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _proxy.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_bit_that_flips_on_the_way_is_found_and_the_bytes_are_right(int seed)
    {
        var random = new SeededRandom(seed);
        var bytes = Data.Bytes(4 << 20, seed);
        var reference = _source.Objects.Put(bytes, "source");

        // Anywhere: in bytes of the object, in headers, in answers.
        var flips = Enumerable.Range(0, 3).Select(_ => (long)random.Next(bytes.Length)).Append(random.Next(200)).ToHashSet();
        var flipped = 0;
        _proxy.OnAnswer = (at, piece) =>
        {
            foreach (var flip in flips.Where(f => f >= at && f < at + piece.Length))
            {
                piece.Span[(int)(flip - at)] ^= (byte)(1 << (int)(flip % 8));
                flipped++;
            }

            return true;
        };

        await _reader.FetchAsync(reference);

        Assert.True(flipped >= 1);
        Assert.True(bytes.AsSpan().SequenceEqual(_reader.Objects.Bytes(reference)), $"seed {seed}");
    }

    [Fact]
    public async Task A_flipped_bit_costs_one_chunk_more_and_no_more()
    {
        var bytes = Data.Bytes(8 * TransferLimits.ChunkBytes, 1);
        var reference = _source.Objects.Put(bytes, "source");
        _proxy.OnAnswer = (at, piece) =>
        {
            if (at <= 3_000_000 && at + piece.Length > 3_000_000)
            {
                piece.Span[(int)(3_000_000 - at)] ^= 1;
            }

            return true;
        };

        await _reader.FetchAsync(reference);

        Assert.Equal(bytes, _reader.Objects.Bytes(reference));
        Assert.Equal(1, _reader.Fetcher.Statistics.Damaged);
        Assert.Equal(bytes.Length + TransferLimits.ChunkBytes, _reader.Fetcher.Statistics.ReceivedBytes);
    }

    [Fact]
    public async Task A_line_that_damages_every_chunk_ends_in_a_typed_error()
    {
        var reference = _source.Objects.Put(Data.Bytes(2 << 20, 1), "source");
        _proxy.OnAnswer = (_, piece) =>
        {
            if (piece.Length > 4096)
            {
                piece.Span[^1] ^= 1;
            }

            return true;
        };

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _reader.FetchAsync(reference));
        Assert.False(_reader.Objects.Contains(reference));
        Assert.Equal(0, _reader.Objects.Copies);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_costs_only_what_was_missing()
    {
        var bytes = Data.Bytes(16 * TransferLimits.ChunkBytes, 1);
        var reference = _source.Objects.Put(bytes, "source");
        var cut = 0;
        _proxy.OnAnswer = (at, _) =>
        {
            if (at > 8 * TransferLimits.ChunkBytes && Interlocked.Exchange(ref cut, 1) == 0)
            {
                _proxy.Cut();
            }

            return true;
        };

        await _reader.FetchAsync(reference);

        Assert.Equal(bytes, _reader.Objects.Bytes(reference));
        Assert.InRange(_reader.Fetcher.Statistics.ReceivedBytes, bytes.Length, bytes.Length + TransferLimits.ChunkBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(1_000_000)]
    public async Task A_source_that_falls_silent_is_unavailable_after_the_stall_time(int after)
    {
        await using var reader = await TransferNode.StartAsync("impatient", _directory, configureFetcher: o =>
        {
            o.ConnectTimeout = TimeSpan.FromMilliseconds(500);
            o.StallTimeout = TimeSpan.FromMilliseconds(500);
        });
        var reference = _source.Objects.Put(Data.Bytes(4 << 20, 1), "source");
        _proxy.OnAnswer = (at, piece) => at + piece.Length <= after;
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => reader.FetchAsync(reference));
        Assert.Contains("stood still", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, reader.Objects.Copies);
        Assert.Equal(0, reader.Fetcher.Statistics.Running);
    }

    [Fact]
    public async Task A_source_that_dies_in_the_middle_is_unavailable()
    {
        var reference = _source.Objects.Put(Data.Bytes(16 << 20, 1), "source");
        var arrived = new TaskCompletionSource();
        _source.Objects.BeforeRange = async (offset, ct) =>
        {
            if (offset > 4 << 20)
            {
                arrived.TrySetResult();
                await Task.Delay(Timeout.Infinite, ct);
            }
        };

        var fetch = _reader.FetchAsync(reference);
        await arrived.Task.Within();
        await _proxy.DisposeAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fetch);
        Assert.Equal(0, _reader.Objects.Copies);
    }

    [Fact]
    public async Task A_canceled_wait_ends_while_the_transfer_goes_on_for_others()
    {
        var bytes = Data.Bytes(2 << 20, 1);
        var reference = _source.Objects.Put(bytes, "source");
        var open = new TaskCompletionSource();
        _source.Objects.BeforeRange = (_, ct) => open.Task.WaitAsync(ct);
        using var canceled = new CancellationTokenSource();
        var first = _reader.FetchAsync(reference, canceled.Token);
        var second = _reader.FetchAsync(reference);

        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        open.SetResult();
        await second;

        Assert.Equal(bytes, _reader.Objects.Bytes(reference));
    }

    [Fact]
    public async Task When_nobody_waits_any_more_the_transfer_ends_and_a_later_one_starts_anew()
    {
        var bytes = Data.Bytes(2 << 20, 1);
        var reference = _source.Objects.Put(bytes, "source");
        var asked = new TaskCompletionSource();
        _source.Objects.BeforeRange = (_, ct) =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, ct);
        };
        using var canceled = new CancellationTokenSource();
        var fetch = _reader.FetchAsync(reference, canceled.Token);
        await asked.Task.Within();
        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);

        await Eventually.True(() => _reader.Fetcher.Statistics.Running == 0 && _reader.Objects.Copies == 0, "the transfer ended");
        _source.Objects.BeforeRange = null;
        await _reader.FetchAsync(reference);
        Assert.Equal(bytes, _reader.Objects.Bytes(reference));
    }

    [Fact]
    public async Task A_fetcher_that_closes_ends_its_transfers_with_a_typed_error()
    {
        var reference = _source.Objects.Put(Data.Bytes(2 << 20, 1), "source");
        var asked = new TaskCompletionSource();
        _source.Objects.BeforeRange = (_, ct) =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, ct);
        };
        var fetch = _reader.FetchAsync(reference);
        await asked.Task.Within();
        await _reader.Fetcher.DisposeAsync().Within();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fetch);
        Assert.Equal(0, _reader.Fetcher.Statistics.Connections);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _reader.FetchAsync(reference));
    }

    [Fact]
    public async Task No_socket_is_left_when_both_ends_are_disposed()
    {
        var before = Sockets();
        for (var round = 0; round < 3; round++)
        {
            var directory = new StoreDirectory();
            await using var source = await TransferNode.StartAsync("s", directory);
            await using var reader = await TransferNode.StartAsync("r", directory);
            var references = Enumerable.Range(0, 20).Select(i => source.Objects.Put(Data.Bytes(100_000, i), "s")).ToArray();
            await Task.WhenAll(references.Select(r => reader.FetchAsync(r)));
        }

        await Eventually.True(() => Sockets() <= before, $"no more than the {before} sockets of before");

        static int Sockets() => Directory.GetFiles("/proc/self/fd").Count(f => new FileInfo(f).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
    }
}
