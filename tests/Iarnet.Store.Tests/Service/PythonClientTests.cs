using Iarnet.Objects;

namespace Iarnet.Store.Tests.Service;

public sealed class PythonClientTests
{
    [Fact]
    public async Task A_grpcio_client_puts_gets_asks_and_releases()
    {
        await using var served = await ServedStore.StartAsync();
        var bytes = Data.Bytes(3_000_000, 1);
        var mine = await served.Store.PutAsync(bytes, "from-dotnet").Within();
        var printed = await PythonClient.RunAsync(served, $$"""
            import hashlib
            parts = list(store.Get(m.GetRequest(id=bytes.fromhex("{{mine.Id}}")), timeout=20))
            data = b"".join(p.chunk for p in parts[1:])
            print(parts[0].header.codec, parts[0].header.size, hashlib.sha256(data).hexdigest())
            put = store.Put(iter([m.PutRequest(header=m.PutHeader(owner="python", codec="from-python"))]
                + [m.PutRequest(chunk=data[i:i + 500000]) for i in range(0, len(data), 500000)]), timeout=20)
            print(put.id.hex(), put.source, put.size, put.existed)
            gone = store.Put(iter([m.PutRequest(header=m.PutHeader(owner="python", codec="raw", size=3)), m.PutRequest(chunk=b"abc")]), timeout=20)
            store.Release(m.ReleaseRequest(ids=[gone.id], owner="python"), timeout=20)
            stat = store.Stat(m.StatRequest(), timeout=20)
            print(stat.objects, stat.leases, stat.source)
            try:
                list(store.Get(m.GetRequest(id=gone.id), timeout=20))
            except grpc.RpcError as error:
                print(error.code().name)
            """);
        var lines = printed.Split('\n');
        Assert.Equal($"from-dotnet 3000000 {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))}", lines[0]);
        var theirs = lines[1].Split(' ');
        Assert.Equal([served.Store.Source, "3000000", "False"], theirs[1..]);
        Assert.Equal([$"2 0 {served.Store.Source}", "NOT_FOUND"], lines[2..]);
        using var lease = await served.Store.GetAsync(new ObjectRef(ObjectId.Parse(theirs[0]), served.Store.Source)).Within();
        Assert.Equal("from-python", lease.Codec);
        Assert.True(lease.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task Arrays_pass_between_net_and_python_through_shared_memory_in_place()
    {
        await using var served = await ServedStore.StartAsync();
        var numbers = await served.Store.PutValueAsync(Enumerable.Range(0, 100_000).ToArray()).Within();
        var printed = await PythonClient.RunAsync(served, $$"""
            import array, mmap
            assert open(os.path.join(hello.segment_folder, "probe")).read() == hello.probe
            lease = store.Lease(m.LeaseRequest(owner="python", id=bytes.fromhex("{{numbers.Id}}")), timeout=20)
            with open(os.path.join(hello.segment_folder, lease.location.file), "rb") as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as view:
                values = array.array("i", view[lease.location.offset:lease.location.offset + lease.location.size])
            store.Unlease(m.UnleaseRequest(owner="python", leases=[lease.lease]), timeout=20)
            doubled = array.array("i", (2 * v for v in values)).tobytes()
            made = store.Create(m.CreateRequest(owner="python", codec=lease.codec, size=len(doubled)), timeout=20)
            with open(os.path.join(hello.segment_folder, made.location.file), "r+b") as f, mmap.mmap(f.fileno(), 0) as view:
                view[made.location.offset:made.location.offset + len(doubled)] = doubled
            print(store.Seal(m.SealRequest(owner="python", id=made.id, size=len(doubled)), timeout=20).id.hex())
            """);
        var doubled = await served.Store.GetValueAsync<int[]>(new ObjectRef(ObjectId.Parse(printed), served.Store.Source)).Within();
        Assert.Equal(Enumerable.Range(0, 100_000).Select(n => 2 * n), doubled);
        Assert.Equal(0, served.Store.Statistics.Leases);
    }

    [Fact]
    public async Task A_client_killed_in_the_middle_of_everything_leaves_nothing_once_its_owner_is_released()
    {
        await using var served = await ServedStore.StartAsync();
        var bytes = Data.Bytes(200_000, 1);
        var mine = await served.Store.PutAsync(bytes, CodecNames.Raw).Within();
        using var client = await PythonClient.StartAsync(served, $$"""
            import mmap, threading, time
            # An object of its own, a lease, one half written in place, one half sent.
            store.Put(iter([m.PutRequest(header=m.PutHeader(owner="python", codec="raw", size=3)), m.PutRequest(chunk=b"abc")]), timeout=20)
            lease = store.Lease(m.LeaseRequest(owner="python", id=bytes.fromhex("{{mine.Id}}")), timeout=20)
            made = store.Create(m.CreateRequest(owner="python", codec="raw", size=300000), timeout=20)
            with open(os.path.join(hello.segment_folder, made.location.file), "r+b") as f:
                view = mmap.mmap(f.fileno(), 0)
            view[:1000] = b"x" * 1000
            sent = threading.Event()
            def halves():
                yield m.PutRequest(header=m.PutHeader(owner="python", codec="raw", size=400000))
                yield m.PutRequest(chunk=b"y" * 1000)
                sent.set()
                threading.Event().wait()
            future = store.Put.future(halves())
            sent.wait()
            print("ready", flush=True)
            threading.Event().wait()
            """);
        Assert.Equal("ready", await client.ReadLineAsync());
        await served.Until(s => s is { Objects: 2, Leases: 1, Unfinished: 2 }, "the client to have all of it");
        await client.KillAsync();
        served.Store.ReleaseOwner("python");
        await served.Until(s => s is { Objects: 1, Leases: 0, Unfinished: 0 }, "all of it to be taken back");

        // What was not the client's is as it was, and the segments that it had mapped hold nothing else afterwards.
        using (var lease = await served.Store.GetAsync(mine).Within())
        {
            Assert.True(lease.Span.SequenceEqual(bytes));
        }

        served.Store.Release(mine);
        await served.Until(s => s.Objects == 0 && s.Bytes == s.IdleBytes, "no memory to be left in use");
    }
}
