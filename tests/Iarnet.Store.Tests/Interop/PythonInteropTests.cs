using Google.Protobuf.WellKnownTypes;
using Iarnet.Objects;
using static System.Security.Cryptography.SHA256;

namespace Iarnet.Store.Tests.Interop;

/// <summary>The Python client of this repository and the real store. Fails, and says what is missing, where Python lacks modules.</summary>
public sealed class PythonInteropTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_of_every_size_go_both_ways(bool shared)
    {
        await using var served = await ServedStore.StartAsync(shared);
        await using var python = await Clients.PythonAsync(served, $$"""
            assert store.shared == {{(shared ? "True" : "False")}}
            say(store.source)
            for line in sys.stdin:
                with store.get(key(line.strip())) as lease:
                    say(sha(lease.view), lease.codec, store.put(lease.view, "from-python").id.hex())
            """);
        Assert.Equal(served.Store.Source, await python.ReadLineAsync());
        foreach (var size in new[] { 0, 1, 1000, 65_536, 65_537, 3_000_000 })
        {
            var bytes = Data.Bytes(size, size);
            var put = await served.Store.PutAsync(bytes, "from-dotnet").Within();
            await python.WriteLineAsync(put.Id.ToString());
            var answer = (await python.ReadLineAsync()).Split(' ');
            Assert.Equal([Convert.ToHexStringLower(HashData(bytes)), "from-dotnet"], answer[..2]);
            using var lease = await served.Store.GetAsync(Of(served, answer[2])).Within();
            Assert.Equal("from-python", lease.Codec);
            Assert.True(lease.Span.SequenceEqual(bytes));
        }

        await served.Until(s => s.Leases == 0, "the leases of Python to be given back");
    }

    [Fact]
    public async Task Every_array_of_numbers_is_read_by_the_other()
    {
        await using var served = await ServedStore.StartAsync();
        await using var python = await Clients.PythonAsync(served, """
            for line in sys.stdin:
                with store.get(key(line.strip())) as lease:
                    numbers = lease.array()
                    plain = lease.value()
                    assert [float(n) for n in numbers] == [float(n) for n in plain], plain
                    say(numbers.dtype.name, store.put_value(PlainArray(numbers[::-1])).id.hex())
            """);
        await ReversedAsync("bool", new[] { true, false, false });
        await ReversedAsync("int8", new sbyte[] { -128, 127 });
        await ReversedAsync("int16", new short[] { -32768, 32767 });
        await ReversedAsync("uint16", new ushort[] { 0, 65535 });
        await ReversedAsync("int32", new[] { int.MinValue, int.MaxValue });
        await ReversedAsync("uint32", new uint[] { 0, uint.MaxValue });
        await ReversedAsync("int64", new[] { long.MinValue, long.MaxValue });
        await ReversedAsync("uint64", new ulong[] { 0, ulong.MaxValue });
        await ReversedAsync("float16", new[] { Half.Epsilon, Half.MaxValue });
        await ReversedAsync("float32", new[] { float.Epsilon, float.PositiveInfinity });
        await ReversedAsync("float64", new[] { double.Epsilon, double.MaxValue });
        await ReversedAsync("float64", Enumerable.Range(0, 200_000).Select(n => n * 0.5).ToArray());

        async Task ReversedAsync<T>(string dtype, T[] values)
        {
            var put = await served.Store.PutValueAsync(values).Within();
            await python.WriteLineAsync(put.Id.ToString());
            var answer = (await python.ReadLineAsync()).Split(' ');
            Assert.Equal(dtype, answer[0]);
            var reversed = await served.Store.GetValueAsync<T[]>(Of(served, answer[1])).Within();
            Array.Reverse(reversed);
            Assert.Equal(values, reversed);
        }
    }

    [Fact]
    public async Task Plain_data_go_both_ways_as_json()
    {
        await using var served = await ServedStore.StartAsync();
        var put = await served.Store.PutValueAsync(new Dictionary<string, double[]> { ["snow \u2603"] = [1, 2.5] }).Within();
        var printed = await Clients.RunPythonAsync(served, $$"""
            value = store.get_value(key("{{put.Id}}"))
            assert value == {"snow \u2603": [1, 2.5]}, value
            value["more"] = [3]
            say(store.put_value(value).id.hex(), store.put_value(b"bytes").id.hex(), store.put_value(None).id.hex())
            """);
        var ids = printed.Split(' ');
        var value = await served.Store.GetValueAsync<Dictionary<string, double[]>>(Of(served, ids[0])).Within();
        Assert.Equal([3], value["more"]);
        Assert.Equal([1, 2.5], value["snow \u2603"]);
        Assert.Equal("bytes"u8.ToArray(), await served.Store.GetValueAsync<byte[]>(Of(served, ids[1])).Within());
        Assert.Null(await served.Store.GetValueAsync<string?>(Of(served, ids[2])).Within());
    }

    [Fact]
    public async Task Protobuf_messages_are_bytes_for_Python()
    {
        await using var served = await ServedStore.StartAsync();
        var put = await served.Store.PutValueAsync(new Duration { Seconds = 3 }).Within();
        var printed = await Clients.RunPythonAsync(served, $$"""
            data = store.get_value(key("{{put.Id}}"))
            assert type(data) is bytes
            say(store.put(data, "protobuf").id.hex())
            """);
        Assert.Equal(3, (await served.Store.GetValueAsync<Duration>(Of(served, printed)).Within()).Seconds);
    }

    [Theory]
    [InlineData("{1: {2, 3}}", "pickle")]
    [InlineData("{'a': np.arange(100_000), 'b': np.ones((300, 300))}", "pickle5")]
    public async Task Pickles_are_carried_unopened_from_one_Python_to_another(string expression, string codec)
    {
        await using var served = await ServedStore.StartAsync();
        var first = Of(served, await Clients.RunPythonAsync(served, $"say(store.put_value({expression}).id.hex())"));
        var carried = await served.Store.GetValueAsync<PickledObject>(first).Within();
        Assert.Equal(codec, carried.Codec);
        var second = await served.Store.PutValueAsync(carried).Within();
        Assert.NotEqual(first, second);
        Assert.Equal("same", await Clients.RunPythonAsync(served, $$"""
            with store.get(key("{{second.Id}}")) as lease:
                assert lease.codec == "{{codec}}"
                value = lease.value()
            expected = {{expression}}
            assert list(value) == list(expected)
            assert all(np.array_equal(value[k], expected[k]) for k in expected) if "{{codec}}" == "pickle5" else value == expected
            say("same")
            """));
    }

    [Fact]
    public async Task Errors_have_the_types_that_the_store_means()
    {
        await using var served = await ServedStore.StartAsync(configure: options =>
        {
            options.MemoryLimit = 4 << 20;
            options.MaxObjectBytes = 2 << 20;
            options.FullWait = TimeSpan.FromMilliseconds(50);
        });
        var printed = await Clients.RunPythonAsync(served, """
            def fails(call):
                try:
                    call()
                    return "no error"
                except StoreError as error:
                    return type(error).__name__
            say(fails(lambda: store.get(bytes(range(16)))))
            say(fails(lambda: store.get(bytes(range(16)), wait=0.05)))
            say(fails(lambda: store.put(bytes((2 << 20) + 1))))
            held = []
            say(fails(lambda: [held.append(store.put(bytes(1 << 20))) for _ in range(10)]))
            store.release([put.id for put in held])
            say(fails(lambda: store.put(bytes(1 << 20))))
            """);
        Assert.Equal(["ObjectNotFoundError", "ObjectNotFoundError", "ObjectTooLargeError", "StoreFullError", "no error"], printed.Split('\n'));
    }

    [Fact]
    public async Task An_object_is_waited_for_and_released_across_the_languages()
    {
        await using var served = await ServedStore.StartAsync();
        var id = ObjectId.Parse("000102030405060708090a0b0c0d0e0f");
        await using var python = await Clients.PythonAsync(served, $$"""
            late = threading.Thread(target=lambda: say("got", bytes(store.get(key("{{id}}"), wait=20).view)))
            late.start()
            mine = store.put(b"mine", object_id=bytes(range(1, 17)))
            say(mine.id.hex(), mine.existed, store.put(b"other", object_id=mine.id).existed)
            late.join()
            sys.stdin.readline()
            store.release([mine.id, mine.id])
            say(store.wait([mine.id, key("{{id}}")], count=1, timeout=20)[0][-1].hex())
            """);
        Assert.Equal("0102030405060708090a0b0c0d0e0f10 False True", await python.ReadLineAsync());
        var mine = Of(served, "0102030405060708090a0b0c0d0e0f10");
        Assert.True(served.Store.Contains(mine));
        await served.Store.PutAsync("late"u8.ToArray(), CodecNames.Raw, "host", id).Within();
        Assert.Equal("got b'late'", await python.ReadLineAsync());
        await python.WriteLineAsync();
        Assert.Equal(id.ToString(), await python.ReadLineAsync());
        Assert.Equal("", await python.ReadToEndAsync());
        Assert.False(served.Store.Contains(mine));
    }

    [Fact]
    public async Task A_process_that_sees_the_folder_under_another_path_shares_memory_all_the_same()
    {
        await using var served = await ServedStore.StartAsync();
        var elsewhere = Directory.CreateDirectory(Path.Combine(served.RunFolder, "mounted")).FullName;
        var put = await served.Store.PutValueAsync(Enumerable.Range(0, 100_000).ToArray()).Within();
        await using var python = await Clients.PythonElsewhereAsync(served, elsewhere, $$"""
            assert store.shared and os.listdir("{{served.Segments.Path}}") == []
            with store.get(key("{{put.Id}}")) as lease:
                assert lease.shared
                say(int(lease.array().sum()), store.put_value(PlainArray(lease.array() * 2)).id.hex())
            """);
        var answer = (await python.ReadToEndAsync()).Split(' ');
        Assert.Equal(Enumerable.Range(0, 100_000).Sum(n => (long)n).ToString(System.Globalization.CultureInfo.InvariantCulture), answer[0]);
        Assert.Equal(Enumerable.Range(0, 100_000).Select(n => 2 * n), await served.Store.GetValueAsync<int[]>(Of(served, answer[1])).Within());
    }

    private static ObjectRef Of(ServedStore served, string id) => new(ObjectId.Parse(id), served.Store.Source);
}
