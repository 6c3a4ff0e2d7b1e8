namespace Iarnet.Bus.Tests.Sockets;

/// <summary>Endpoints, and what of sockets the operating system sees.</summary>
public sealed class SocketEndpointTests
{
    [Fact]
    public async Task Disposing_ends_receives_and_the_sequence_and_removes_the_file()
    {
        var path = Path.Combine(Path.GetTempPath(), $"iarnet-file-{Environment.ProcessId}");
        var router = new RouterSocket();
        router.Bind("ipc://" + path);
        Assert.True(File.Exists(path));
        var receiving = router.ReceiveAsync().AsTask();
        var reading = Task.Run(async () =>
        {
            var count = 0;
            await foreach (var _ in router.ReadAllAsync())
            {
                count++;
            }

            return count;
        });
        await router.DisposeAsync().Within();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiving.Within());
        Assert.Equal(0, await reading.Within());
        Assert.False(File.Exists(path));
        await router.DisposeAsync().Within();
    }

    [Fact]
    public async Task A_file_that_a_dead_process_left_is_replaced_and_one_in_use_is_not()
    {
        var path = Path.Combine(Path.GetTempPath(), $"iarnet-stale-{Environment.ProcessId}");
        using (var dead = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            dead.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
            // Bound and not listening: connecting is refused, as after a kill.
            await using var router = new RouterSocket();
            Assert.Equal("ipc://" + path, router.Bind("ipc://" + path));
            await using var second = new RouterSocket();
            Assert.Contains("Another process listens", Assert.Throws<System.Net.Sockets.SocketException>(() => second.Bind("ipc://" + path)).Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("udp://1.2.3.4:5")]
    [InlineData("tcp://nowhere")]
    [InlineData("tcp://:5")]
    [InlineData("tcp://host:70000")]
    [InlineData("ipc://")]
    [InlineData("ipc://@")]
    [InlineData("bus")]
    public async Task A_malformed_endpoint_is_an_error_that_names_the_forms(string endpoint)
    {
        await using var router = new RouterSocket();
        Assert.Contains("ipc:///path", Assert.Throws<ArgumentException>(() => router.Bind(endpoint)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => router.Connect(endpoint));
    }

    [Fact]
    public async Task Disposing_returns_although_a_peer_does_not_read()
    {
        var router = new RouterSocket(new BusSocketOptions { Linger = TimeSpan.FromMilliseconds(100) });
        var endpoint = router.Bind("tcp://127.0.0.1:0");
        using var raw = await Peers.RawPeer.JoinAsync(endpoint, "DEALER", "deaf");
        await raw.SendAsync(Peers.RawPeer.Frame(0, [1]));
        var hello = await router.ReceiveAsync().Within();
        await router.SendAsync(hello.Peer!, new byte[32 << 20]).Within();
        await router.DisposeAsync().Within();
    }
}
