using Iarnet.Objects;
using Iarnet.Rpc;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>A file system of shared memory with less room than the store may take.</summary>
public sealed class FullSharedMemoryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(100, 20_000)]
    [InlineData(70_000, 900_000)]
    public async Task Clients_are_told_and_nothing_that_was_taken_is_lost(int least, int most)
    {
        using var small = new SmallTmpfs("24m");
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions
        {
            SegmentFolder = Path.Combine(small.Path, "segments"),
            MemoryLimit = 1 << 30,
            FullWait = TimeSpan.FromMilliseconds(100),
        });
        var address = $"unix://{small.Path}/store";
        await using var server = new RpcServer().AddService(new StoreService(store).Bind()).Listen(address);
        await server.StartAsync().Within();
        var clients = new List<StoreClient>();
        for (var i = 0; i < 3; i++)
        {
            clients.Add(await StoreClient.ConnectAsync(address, new StoreClientOptions { Owner = $"client-{i}" }).Within());
            Assert.True(clients[i].IsSameHost);
        }

        var told = 0;
        var taken = await Task.WhenAll(clients.ConvertAll(client => Task.Run(async () =>
        {
            var mine = new List<ObjectId>();
            for (var (number, full) = (0, 0); full < 3; number++)
            {
                Assert.True(number < 100_000, "the file system is never full");
                var id = Pattern.Id(clients.IndexOf(client), number);
                try
                {
                    await client.PutAsync(Pattern.Bytes(id, Pattern.Size(id, least, most)), CodecNames.Raw, id).Within();
                    mine.Add(id);
                }
                catch (StoreFullException)
                {
                    full++;
                    Interlocked.Increment(ref told);
                }
            }

            return mine;
        })));

        await store.CheckIntegrityAsync().Within();
        var objects = taken.Skip(1).SelectMany(static t => t).ToList();
        output.WriteLine($"{taken.Sum(static t => t.Count)} objects put in a file system of 24 MiB, {store.Statistics.CommittedBytes >> 10} KiB taken by {store.Statistics.Objects}; told {told} times that it is full");

        // One leaves. What the others put in their rings and the store had no memory for at all has some then.
        await clients[0].DisposeAsync().Within();
        store.ReleaseOwner("client-0");
        foreach (var id in objects)
        {
            using var lease = await store.GetAsync(new ObjectRef(id, store.Source)).Within();
            Pattern.Verify(id, lease.Span, Pattern.Size(id, least, most));
        }

        Assert.Equal(objects.Count, store.Statistics.Objects);
        await store.CheckIntegrityAsync().Within();
        var again = await clients[1].PutAsync(Pattern.Bytes(Pattern.Id(9, 9), 60_000), CodecNames.Raw, Pattern.Id(9, 9)).Within();
        using (var lease = await clients[2].GetAsync(again).Within())
        {
            Pattern.Verify(again.Id, lease.Span, 60_000);
        }

        foreach (var client in clients.Skip(1))
        {
            await client.DisposeAsync().Within();
        }
    }

    [Fact]
    public async Task What_a_client_had_put_before_it_was_killed_is_there_when_there_is_room_for_it()
    {
        using var small = new SmallTmpfs("16m");
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions
        {
            SegmentFolder = Path.Combine(small.Path, "segments"),
            MemoryLimit = 1 << 30,
            FullWait = TimeSpan.FromMilliseconds(100),
        });
        var address = $"unix://{small.Path}/store";
        await using var server = new RpcServer().AddService(new StoreService(store).Bind()).Listen(address);
        await server.StartAsync().Within();
        await using var writer = OtherProcess.Start("write", address, "writer", 5, 64, 128);
        await writer.ReadAsync();
        var filling = new List<ObjectRef>();
        await Assert.ThrowsAsync<StoreFullException>(async () =>
        {
            while (true)
            {
                filling.Add(await store.PutAsync(new byte[64 << 10], CodecNames.Raw));
            }
        }).Within();

        // Until it is told that there is no room, and ends of that: its last words are of what it was told is put.
        var last = 0;
        while (await writer.TryReadAsync() is { } line)
        {
            last = int.Parse(line, System.Globalization.CultureInfo.InvariantCulture);
        }

        await writer.KillAsync();
        var early = store.Statistics.Objects - filling.Count;
        filling.ForEach(r => store.Release(r));
        output.WriteLine($"{last + 1} small objects of a writer that died when shared memory was full, {early} of them taken in before there was room");
        for (var number = 0; number <= last; number++)
        {
            var id = Pattern.Id(5, number);
            using var lease = await store.GetAsync(new ObjectRef(id, store.Source)).Within();
            Pattern.Verify(id, lease.Span, Pattern.Size(id, 64, 128));
        }

        Assert.Equal(last + 1, store.Statistics.Objects);
        await store.CheckIntegrityAsync().Within();
    }
}
