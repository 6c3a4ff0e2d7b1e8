using Iarnet.Objects;

namespace Iarnet.Store.Tests.Interop;

/// <summary>The Node.js client of this repository and the real store.</summary>
public sealed class NodeInteropTests
{
    [Fact]
    public async Task Bytes_of_every_size_go_both_ways()
    {
        await using var served = await ServedStore.StartAsync();
        await using var node = await Clients.NodeAsync(served, """
            say(store.source);
            for (let id = await line(); id; id = await line()) {
              const { codec, bytes } = await store.get(id);
              say(sha(bytes), codec, (await store.put([bytes.subarray(0, 1), bytes.subarray(1)], { codec: 'from-node' })).id);
            }
            """);
        Assert.Equal(served.Store.Source, await node.ReadLineAsync());
        foreach (var size in new[] { 0, 1, 1000, 65_536, 65_537, 3_000_000 })
        {
            var bytes = Data.Bytes(size, size);
            var put = await served.Store.PutAsync(bytes, "from-dotnet").Within();
            await node.WriteLineAsync(put.Id.ToString());
            var answer = (await node.ReadLineAsync()).Split(' ');
            Assert.Equal([Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), "from-dotnet"], answer[..2]);
            using var lease = await served.Store.GetAsync(Of(served, answer[2])).Within();
            Assert.Equal("from-node", lease.Codec);
            Assert.True(lease.Span.SequenceEqual(bytes));
        }

        await served.Until(s => s.Leases == 0, "the leases of Node.js to be given back");
    }

    [Fact]
    public async Task Values_go_both_ways()
    {
        await using var served = await ServedStore.StartAsync();
        var numbers = Enumerable.Range(0, 100_000).ToArray();
        var ints = await served.Store.PutValueAsync(numbers).Within();
        var longs = await served.Store.PutValueAsync(new[] { long.MinValue, 7 }).Within();
        var halves = await served.Store.PutValueAsync(new[] { (Half)1.5f, Half.NegativeInfinity }).Within();
        var bools = await served.Store.PutValueAsync(new[] { true, false }).Within();
        var json = await served.Store.PutValueAsync(new Dictionary<string, double> { ["snow \u2603"] = 2.5 }).Within();
        var printed = await Clients.RunNodeAsync(served, $$"""
            const ints = await store.getValue('{{ints.Id}}');
            const longs = await store.getValue('{{longs.Id}}');
            say(ints.constructor.name, ints.reduce((sum, n) => sum + n, 0), longs.constructor.name, longs.join());
            say(Array.from(await store.getValue('{{halves.Id}}')).join(), (await store.getValue('{{bools.Id}}')).join(),
              JSON.stringify(await store.getValue('{{json.Id}}')));
            const put = async (value) => (await store.putValue(value)).id;
            say(await put(ints.map((n) => n * 2)), await put(longs), await put({ a: 1, b: NaN }), await put(Buffer.from('bytes')));
            """);
        var lines = printed.Split('\n');
        Assert.Equal($"Int32Array {numbers.Sum(n => (long)n)} BigInt64Array {long.MinValue},7", lines[0]);
        Assert.Equal("1.5,-Infinity true,false {\"snow \u2603\":2.5}", lines[1]);
        var ids = lines[2].Split(' ');
        Assert.Equal(numbers.Select(n => n * 2), await served.Store.GetValueAsync<int[]>(Of(served, ids[0])).Within());
        Assert.Equal(new[] { long.MinValue, 7 }, await served.Store.GetValueAsync<long[]>(Of(served, ids[1])).Within());
        var read = await served.Store.GetValueAsync<Dictionary<string, double>>(Of(served, ids[2])).Within();
        Assert.Equal((1, double.NaN), (read["a"], read["b"]));
        Assert.Equal("bytes"u8.ToArray(), await served.Store.GetValueAsync<byte[]>(Of(served, ids[3])).Within());
    }

    [Fact]
    public async Task Node_and_Python_read_each_others_arrays()
    {
        await using var served = await ServedStore.StartAsync();
        var made = await Clients.RunNodeAsync(served, "say((await store.putValue(new Float64Array(50_000).fill(0.25))).id);");
        var doubled = await Clients.RunPythonAsync(served, $$"""
            say(store.put_value(PlainArray(store.get(key("{{made}}")).array() * 2)).id.hex())
            """);
        Assert.Equal("25000", await Clients.RunNodeAsync(served, $"say((await store.getValue('{doubled}')).reduce((sum, n) => sum + n, 0));"));
    }

    [Fact]
    public async Task Objects_are_waited_for_and_released_and_errors_have_their_types()
    {
        await using var served = await ServedStore.StartAsync();
        var id = ObjectId.Parse("000102030405060708090a0b0c0d0e0f");
        await using var node = await Clients.NodeAsync(served, $$"""
            say(await store.get('{{id}}').catch((error) => error.name));
            const late = store.get('{{id}}', { wait: 20_000 }).then(({ bytes }) => say('got', bytes.toString()));
            const mine = await store.put(Buffer.from('mine'), { id: Buffer.alloc(16, 1) });
            say(mine.id, mine.existed);
            await late;
            await line();
            await store.release(mine.id);
            const { present, absent } = await store.wait([mine.id, '{{id}}'], { count: 1, timeout: 20_000 });
            say(present.at(-1));
            await store.close();
            process.exit();
            """);
        Assert.Equal("ObjectNotFoundError", await node.ReadLineAsync());
        Assert.Equal("01010101010101010101010101010101 false", await node.ReadLineAsync());
        var mine = Of(served, "01010101010101010101010101010101");
        Assert.True(served.Store.Contains(mine));
        await served.Store.PutAsync("late"u8.ToArray(), CodecNames.Raw, "host", id).Within();
        Assert.Equal("got late", await node.ReadLineAsync());
        await node.WriteLineAsync();
        Assert.Equal(id.ToString(), await node.ReadLineAsync());
        Assert.Equal("", await node.ReadToEndAsync());
        Assert.False(served.Store.Contains(mine));
    }

    [Fact]
    public async Task A_client_that_is_killed_leaves_nothing_open()
    {
        await using var served = await ServedStore.StartAsync();
        var large = await served.Store.PutAsync(Data.Bytes(200 << 20, 1), CodecNames.Raw).Within();
        await using var node = await Clients.NodeAsync(served, $$"""
            setInterval(() => {}, 1000);
            const bytes = Buffer.alloc(100 << 20);
            for (;;) {
              await Promise.all([store.get('{{large.Id}}'), store.put(bytes).then(({ id }) => store.release(id))]);
              say('again');
            }
            """);
        Assert.Equal("again", await node.ReadLineAsync());
        await served.Until(s => s.Leases > 0 || s.Unfinished > 0, "the client to be in the middle of something");
        await node.KillAsync();
        served.Store.Release(large);
        await served.Until(s => s is { Leases: 0, Unfinished: 0 }, "all of it to be taken back");
        await served.Store.CheckIntegrityAsync().Within();
    }

    private static ObjectRef Of(ServedStore served, string id) => new(ObjectId.Parse(id), served.Store.Source);
}
