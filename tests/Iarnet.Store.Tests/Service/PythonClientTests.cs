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
}
