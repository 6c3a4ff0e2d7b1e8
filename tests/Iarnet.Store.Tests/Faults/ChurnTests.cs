using System.Diagnostics;
using Iarnet.Objects;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>Many who put, get, release and delete the same objects at full speed: no read is ever of anything else, and all adds up at the end.</summary>
public sealed class ChurnTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Clients_of_one_process_never_read_what_is_not_theirs_to_read(int seed)
    {
        await using var served = await ServedStore.StartAsync(configure: o => o.MemoryLimit = 24 << 20);
        var clients = new List<StoreClient>();
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await served.ConnectAsync($"client-{i}"));
        }

        var watch = Stopwatch.StartNew();
        var churns = clients.ConvertAll(client => new Churn(client, seed + clients.IndexOf(client), seed));
        await Task.WhenAll(churns.ConvertAll(churn => Task.Run(async () =>
        {
            while (watch.Elapsed < Length)
            {
                await churn.StepAsync();
            }
        })).Append(Task.Run(() => DeleteAsync(served.Store, seed, watch)))).Within();
        churns.ForEach(static c => c.End());
        await served.Until(s => s is { Objects: 0, Leases: 0, Bytes: 0 }, "everything to be given back");
        await served.Store.Empty();
        output.WriteLine($"seed {seed}: {churns.Sum(c => c.Operations)} operations, {churns.Sum(c => c.Puts)} puts, {churns.Sum(c => c.Reads)} reads verified, {churns.Sum(c => c.Full)} refused");
        foreach (var client in clients)
        {
            await client.DisposeAsync().Within();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Processes_never_read_what_is_not_theirs_to_read(int seed)
    {
        await using var served = await ServedStore.StartAsync(configure: o => o.MemoryLimit = 24 << 20);
        var others = Enumerable.Range(0, 2).Select(i => OtherProcess.Start("churn", served.Address, $"client-{i}", seed + i, seed)).ToList();
        foreach (var other in others)
        {
            Assert.Equal("ready", await other.ReadAsync());
        }

        var watch = Stopwatch.StartNew();
        var deleting = Task.Run(() => DeleteAsync(served.Store, seed, watch));
        var listening = others.ConvertAll(other => Task.Run(async () =>
        {
            while (watch.Elapsed < Length)
            {
                await other.ReadAsync();
            }

            return await other.EndAsync();
        }));
        foreach (var said in await Task.WhenAll(listening).Within())
        {
            output.WriteLine($"seed {seed}: {said.TrimEnd().Split('\n')[^1]}");
        }

        output.WriteLine($"seed {seed}: the store read and verified {await deleting.Within()} and deleted meanwhile");
        await served.Until(s => s is { Leases: 0, Objects: 0, Bytes: 0 }, "everything to be given back");
        await served.Store.Empty();
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }
    }

    private static async Task<long> DeleteAsync(ObjectStore store, int seed, Stopwatch watch)
    {
        var random = new SeededRandom(seed);
        var reads = 0L;
        while (watch.Elapsed < Length)
        {
            for (var i = 0; i < 64; i++)
            {
                var id = Pattern.Id(seed, random.Next(Churn.Keys));
                if (store.TryGet(new ObjectRef(id, store.Source), out var view))
                {
                    using (view)
                    {
                        Pattern.Verify(id, view.Span, Churn.SizeOf(id));
                        reads++;
                    }
                }
            }

            if (random.Next(32) == 0)
            {
                store.Delete(new ObjectRef(Pattern.Id(seed, random.Next(Churn.Keys)), store.Source));
            }

            await Task.Yield();
        }

        return reads;
    }
}
