using System.Diagnostics;
using Iarnet.Objects;
using Iarnet.Store.Memory;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>A store that is killed: its clients are told, and nothing of it stays in shared memory.</summary>
public sealed class KilledStoreTests(ITestOutputHelper output) : IDisposable
{
    private const int Memory = 256 << 20;

    private readonly TemporaryFolder _segments = new();
    private readonly string _run = Directory.CreateTempSubdirectory("iarnet-store-tests-").FullName;

    private string Address => $"unix://{_run}/store";

    [Fact]
    public async Task The_last_clients_remove_its_files_and_keep_what_they_read()
    {
        await using var store = OtherProcess.Start("serve", Address, _segments.Path, Memory);
        await store.ReadAsync();
        await using var client = await ConnectAsync("one");
        await using var another = await ConnectAsync("two");
        var id = Pattern.Id(1, 1);
        var put = await client.PutAsync(Pattern.Bytes(id, 3_000_000), CodecNames.Raw, id).Within();
        using var lease = await another.GetAsync(put).Within();
        Assert.Equal(["index", "link", "lock", "pool", "probe", "session-1", "session-2"], _segments.Files);

        var waiting = client.GetAsync(new ObjectRef(Pattern.Id(1, 2), put.Source), TimeSpan.FromSeconds(25)).AsTask();
        await store.KillAsync();
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting.Within());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => another.GetAsync(put).Within());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => client.PutAsync(new byte[10], CodecNames.Raw).Within());
        var told = watch.Elapsed;
        await GoneAsync();
        Pattern.Verify(id, lease.Span, 3_000_000);
        output.WriteLine($"three calls failed {told.TotalMilliseconds:0} ms and the folder was gone {watch.ElapsedMilliseconds} ms after the kill");

        await using var next = OtherProcess.Start("serve", Address, _segments.Path, Memory);
        Assert.NotEqual($"ready {put.Source}", await next.ReadAsync());
        var again = await client.PutAsync(Pattern.Bytes(id, 1000), CodecNames.Raw, id).Within();
        using (var found = await another.GetAsync(again).Within())
        {
            Pattern.Verify(id, found.Span, 1000);
        }

        // The next object may lie where the old one did: not for who still reads that.
        Pattern.Verify(id, lease.Span, 3_000_000);
        Assert.Equal("1 0 0", await next.AskAsync("look"));
        await next.EndAsync();
        Assert.False(Directory.Exists(_segments.Path));
    }

    [Fact]
    public async Task The_next_store_takes_the_folder_over_when_no_client_was_left()
    {
        await using var store = OtherProcess.Start("serve", Address, _segments.Path, Memory);
        await store.ReadAsync();
        await using (var client = await ConnectAsync("gone"))
        {
            await client.PutAsync(new byte[5_000_000], CodecNames.Raw).Within();
        }

        await store.KillAsync();
        Assert.Equal(["index", "link", "lock", "pool", "probe"], _segments.Files.Where(static f => !f.StartsWith("session-", StringComparison.Ordinal)));

        await using (var next = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = _segments.Path, MemoryLimit = Memory }))
        {
            Assert.Equal(0, next.Statistics.Objects);
            await next.PutAsync(new byte[1000], CodecNames.Raw).Within();
            await next.CheckIntegrityAsync().Within();
        }

        Assert.False(Directory.Exists(_segments.Path));
    }

    [Fact]
    public async Task The_folder_of_a_store_that_lives_is_nobody_elses()
    {
        await using var store = OtherProcess.Start("serve", Address, _segments.Path, Memory);
        await store.ReadAsync();
        await using var client = await ConnectAsync("client");
        var put = await client.PutAsync(new byte[100_000], CodecNames.Raw).Within();

        var error = await Assert.ThrowsAsync<IarnetException>(() => ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = _segments.Path }).Within());
        Assert.Contains(_segments.Path, error.Message, StringComparison.Ordinal);
        await StoreFolder.RemoveOfDeadAsync(_segments.Path).Within();

        using var lease = await client.GetAsync(put).Within();
        Assert.Equal(100_000, lease.Size);
        await using var another = await ConnectAsync("another");
        Assert.True(another.IsSameHost);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task One_that_is_killed_while_clients_put_and_get_leaves_nothing(int seed)
    {
        await using var store = OtherProcess.Start("serve", Address, _segments.Path, Memory);
        await store.ReadAsync();
        await using var client = await ConnectAsync("churn");
        await using var another = await ConnectAsync("another");
        var churns = new[] { new Churn(client, seed, seed), new Churn(another, seed + 100, seed) };
        var started = new CountdownEvent(churns.Length);
        var running = Array.ConvertAll(churns, churn => Task.Run(async () =>
        {
            while (true)
            {
                await churn.StepAsync();
                if (churn.Operations == 3000)
                {
                    started.Signal();
                }
            }
        }));
        await Task.Run(started.Wait).Within();

        await store.KillAsync();

        foreach (var one in running)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => one.Within());
        }

        await GoneAsync();
        output.WriteLine($"seed {seed}: killed after {churns.Sum(c => c.Puts)} puts and {churns.Sum(c => c.Reads)} reads");
        started.Dispose();
    }

    public void Dispose()
    {
        _segments.Dispose();
        Directory.Delete(_run, recursive: true);
    }

    private Task<StoreClient> ConnectAsync(string owner) =>
        StoreClient.ConnectAsync(Address, new StoreClientOptions { Owner = owner, CallTimeout = TimeSpan.FromSeconds(10) }).Within();

    private async Task GoneAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var i = 0; Directory.Exists(_segments.Path); i++)
        {
            Assert.True(i < 2000, $"{_segments.Path} is still there, with {string.Join(' ', _segments.Files)}");
            await timer.WaitForNextTickAsync();
        }
    }
}
