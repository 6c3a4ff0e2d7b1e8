using System.Diagnostics;
using Iarnet.Objects;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>Readers that stand still, or never give back what they read.</summary>
public sealed class ReaderTests(ITestOutputHelper output)
{
    private const int Size = 1 << 20;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_that_is_stopped_holds_up_nobody_and_finds_its_bytes_as_they_were(bool objectsAreReleased)
    {
        await using var served = await ServedStore.StartAsync(configure: static o => o.MemoryLimit = 32 << 20);
        await using var client = await served.ConnectAsync();
        var ids = await PutAsync(served.Store, 8);
        await using var reader = OtherProcess.Start(["hold", served.Address, "stopped", .. ids]);
        Assert.Equal("whole 8", await reader.ReadAsync());
        await Signals.StopAsync(reader.Id);
        if (objectsAreReleased)
        {
            served.Store.ReleaseOwner("host");
        }

        // Sixteen times what the memory holds, through what is left of it.
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 512; i++)
        {
            var id = Pattern.Id(2, i);
            var put = await client.PutAsync(Pattern.Bytes(id, Size), CodecNames.Raw, id).Within();
            using (var lease = await served.Store.GetAsync(put).Within())
            {
                Pattern.Verify(id, lease.Span, Size);
            }

            client.Release(put);
        }

        Assert.Equal(8, served.Store.Statistics.Leases);
        await served.Store.CheckIntegrityAsync().Within();
        await Signals.ContinueAsync(reader.Id);
        Assert.Equal("whole 8", await reader.AskAsync("look"));
        await reader.EndAsync();
        served.Store.ReleaseOwner("host");
        await served.Until(static s => s is { Leases: 0, Bytes: 0 }, "the memory to be free");
        output.WriteLine($"512 objects of 1 MiB put, read and released in {watch.ElapsedMilliseconds} ms beside 8 leases of a stopped process");
    }

    [Fact]
    public async Task A_reader_that_never_gives_back_is_named()
    {
        await using var served = await ServedStore.StartAsync(configure: static o =>
        {
            o.MemoryLimit = 16 << 20;
            o.FullWait = TimeSpan.FromMilliseconds(100);
        });
        await using var client = await served.ConnectAsync();
        var ids = await PutAsync(served.Store, 12);
        await using var reader = OtherProcess.Start(["hold", served.Address, "never-gives-back", .. ids]);
        Assert.Equal("whole 12", await reader.ReadAsync());
        served.Store.ReleaseOwner("host");

        var named = Assert.Single(served.Store.Readers, static r => r.Owner == "never-gives-back");
        Assert.Equal((reader.Id, 12L, 12L * Size), (named.ProcessId, named.Leases, named.Bytes));
        var watch = Stopwatch.StartNew();
        foreach (var putting in new Func<Task>[] { () => client.PutAsync(new byte[6 << 20], CodecNames.Raw).AsTask(), () => served.Store.PutAsync(new byte[6 << 20], CodecNames.Raw).AsTask() })
        {
            var error = await Assert.ThrowsAsync<StoreFullException>(() => putting().Within());
            Assert.Contains($"'never-gives-back' (process {reader.Id}) 12 leases of {12 * Size} bytes", error.Message, StringComparison.Ordinal);
            output.WriteLine($"{watch.ElapsedMilliseconds} ms: {error.Message}");
        }

        await reader.KillAsync();
        Assert.Equal(6 << 20, served.Store.Stat(await client.PutAsync(new byte[6 << 20], CodecNames.Raw).Within())!.Size);
    }

    private static async Task<object[]> PutAsync(ObjectStore store, int count)
    {
        var ids = new List<object>();
        for (var i = 0; i < count; i++)
        {
            var id = Pattern.Id(1, i);
            await store.PutAsync(Pattern.Bytes(id, Size), CodecNames.Raw, id).Within();
            ids.Add(id);
        }

        return [.. ids];
    }
}
