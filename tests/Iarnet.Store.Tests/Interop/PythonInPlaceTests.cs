using Iarnet.Objects;

namespace Iarnet.Store.Tests.Interop;

/// <summary>That arrays are read where they lie, for as long as anything of them is kept, and that a crash of a reader or writer leaves nothing.</summary>
public sealed class PythonInPlaceTests
{
    private const int Count = 16 << 20;

    // Anonymous memory is what a copy would be; the pages of the store's file count elsewhere.
    private const string Memory = """
        def anonymous():
            with open("/proc/self/status") as status:
                return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) * 1024

        def mapped_file(address):
            with open("/proc/self/maps") as maps:
                for line in maps:
                    begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                    if begin <= address < end:
                        return line.split()[1] + " " + os.path.basename(line.split()[-1])

        """;

    [Fact]
    public async Task A_large_array_of_csharp_is_read_by_NumPy_without_a_copy()
    {
        await using var served = await ServedStore.StartAsync();
        var numbers = await served.Store.PutValueAsync(Enumerable.Range(0, Count).ToArray()).Within();
        await using var python = await Clients.PythonAsync(served, Memory + $$"""
            np.arange(10).sum()
            before = anonymous()
            numbers = store.get(key("{{numbers.Id}}")).array()
            total = int(numbers.sum(dtype=np.int64))
            say(total, numbers.nbytes, numbers.flags.writeable, mapped_file(numbers.ctypes.data), anonymous() - before)
            store.close()
            tail = numbers[-2:]
            del numbers
            gc.collect()
            sys.stdin.readline()
            say(tail.tolist())
            del tail
            say("gone")
            sys.stdin.readline()
            """);
        var answer = (await python.ReadLineAsync()).Split(' ');
        Assert.Equal([$"{(long)Count * (Count - 1) / 2}", $"{Count * 4L}", "False", "r--s", "pool"], answer[..5]);
        Assert.InRange(long.Parse(answer[5], System.Globalization.CultureInfo.InvariantCulture), long.MinValue, 4 << 20);

        // Two elements of it are left in a client that is closed: released, the object still stays where it is.
        Assert.Equal(1, served.Store.Statistics.Leases);
        served.Store.Release(numbers);
        await served.Store.PutAsync(Data.Bytes(Count * 4, 1), CodecNames.Raw).Within();
        await python.WriteLineAsync();
        Assert.Equal($"[{Count - 2}, {Count - 1}]", await python.ReadLineAsync());
        Assert.Equal("gone", await python.ReadLineAsync());
        await served.Until(s => s.Leases == 0, "the lease to be given back when the last view of it is gone");
    }

    [Fact]
    public async Task A_NumPy_array_is_written_once_and_read_by_another_process_without_a_copy()
    {
        await using var served = await ServedStore.StartAsync();
        await using var writer = await Clients.PythonAsync(served, Memory + """
            value = {"table": np.arange(1 << 23, dtype=np.float64).reshape(1 << 10, -1), "name": "big"}
            before = anonymous()
            put = store.put_value(value)
            say(put.id.hex(), put.size - value["table"].nbytes < 4096, anonymous() - before < 4 << 20)
            """);
        var put = (await writer.ReadToEndAsync()).Split(' ');
        Assert.Equal(["True", "True"], put[1..]);
        var printed = await Clients.RunPythonAsync(served, Memory + $$"""
            np.arange(10).sum()
            before = anonymous()
            value = store.get_value(key("{{put[0]}}"))
            table = value["table"]
            say(value["name"], table.shape, table.sum() == sum(range(1 << 23)), table.flags.writeable, table.ctypes.data % 64)
            say(mapped_file(table.ctypes.data), anonymous() - before < 4 << 20)
            """);
        Assert.Equal(["big (1024, 8192) True False 0", "r--s pool True"], printed.Split('\n'));
        await served.Until(s => s is { Leases: 0, Objects: 1 }, "the object to be as it was");
    }

    [Fact]
    public async Task Many_threads_of_many_processes_put_get_wait_and_release_until_they_are_killed()
    {
        await using var served = await ServedStore.StartAsync(configure: options => options.MemoryLimit = 64 << 20);
        var clients = new List<ClientProcess>();
        try
        {
            for (var seed = 0; seed < 3; seed++)
            {
                clients.Add(await Clients.PythonAsync(served, $$"""
                    import random

                    def work(seed):
                        chance = random.Random(seed)
                        done = 0
                        while True:
                            data = chance.randbytes(chance.choice((10, 5_000, 70_000, 1_000_000)))
                            put = store.put(data, metadata={"sha": sha(data)})
                            with store.get(put.id, wait=chance.choice((0, 1))) as lease:
                                if sha(lease.view) != lease.metadata["sha"]:
                                    say("torn", put.id.hex())
                            assert store.wait([put.id, chance.randbytes(16)], count=1, timeout=5)[0] == [put.id]
                            store.release(put.id)
                            done += 1
                            if done % 50 == 0:
                                say("sound")

                    for seed in range({{seed * 4}}, {{seed * 4}} + 4):
                        threading.Thread(target=work, args=(seed,), daemon=True).start()
                    sys.stdin.readline()
                    """));
            }

            foreach (var client in clients)
            {
                for (var i = 0; i < 8; i++)
                {
                    Assert.Equal("sound", await client.ReadLineAsync());
                }
            }

            foreach (var client in clients)
            {
                await client.KillAsync();
            }

            await served.Until(s => s is { Leases: 0, Unfinished: 0 }, "everything that was open to be taken back");
            served.Store.ReleaseOwner("python");
            await served.Until(s => s is { Objects: 0, Bytes: 0 }, "no memory to be left in use");
            await served.Store.CheckIntegrityAsync().Within();
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_reader_that_is_killed_with_leases_leaves_none()
    {
        await using var served = await ServedStore.StartAsync();
        var held = await served.Store.PutAsync(Data.Bytes(1_000_000, 1), CodecNames.Raw).Within();
        await using var python = await Clients.PythonAsync(served, $$"""
            views = [store.get(key("{{held.Id}}")).view for _ in range(1000)]
            say(len(views))
            sys.stdin.readline()
            """);
        Assert.Equal("1000", await python.ReadLineAsync());
        Assert.Equal(1000, served.Store.Statistics.Leases);
        served.Store.Release(held);
        await python.KillAsync();
        await served.Until(s => s is { Leases: 0, Objects: 0 }, "the leases of the killed reader to end");
        await served.Store.CheckIntegrityAsync().Within();
    }

    [Fact]
    public async Task A_writer_that_is_killed_in_the_middle_of_a_put_leaves_nothing_that_can_be_read()
    {
        await using var served = await ServedStore.StartAsync();
        await using var python = await Clients.PythonAsync(served, """
            from iarnet_worker.store import frames
            link, pool = store._store._connected()
            made = frames.read_created(link.call(frames.CREATE, [frames.create(bytes(range(16)), 3_000_000, 0, "raw", None)], frames.CREATED, 20))
            pool.write(made.offset, 1_000_000, [b"x" * 1_000_000])
            say("half")
            sys.stdin.readline()
            """);
        Assert.Equal("half", await python.ReadLineAsync());
        Assert.Equal(1, served.Store.Statistics.Unfinished);
        var id = ObjectId.Parse("000102030405060708090a0b0c0d0e0f");
        Assert.False(served.Store.Contains(new ObjectRef(id, served.Store.Source)));
        await python.KillAsync();
        await served.Until(s => s is { Unfinished: 0, Objects: 0 }, "the unfinished object of the killed writer to be given up");

        // The id is free again, and so is the memory.
        await served.Store.CheckIntegrityAsync().Within();
        var again = await served.Store.PutAsync(Data.Bytes(3_000_000, 1), CodecNames.Raw, "host", id).Within();
        using var lease = await served.Store.GetAsync(again).Within();
        Assert.True(lease.Span.SequenceEqual(Data.Bytes(3_000_000, 1)));
    }
}
