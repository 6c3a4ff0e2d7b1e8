using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Iarnet.Bus.Tests.Peers;
using Iarnet.Bus.Transport;
using Xunit.Abstractions;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>Peers that come and go, some without a word, until whatever is left behind by one of them would show.</summary>
[Collection(Alone.Name)]
[Trait("Category", "Slow")]
public sealed class ChurnTests(ITestOutputHelper output)
{
    private const int Workers = 4;
    private const int WarmUp = 30_000;
    private const int Cycles = 60_000;
    private const double Tolerance = 1.05;

    [Fact]
    public async Task Sixty_thousand_connections_leave_no_memory_no_descriptor_and_no_peer_behind()
    {
        // In a process of its own: what other tests have left in this one would hide a leak.
        var (router, endpoints) = await OtherProcess.StartAsync("census", "tcp://127.0.0.1:0", "ipc://*");
        await using var disposeRouter = router;
        await ChurnAsync(router, endpoints, WarmUp, WarmUp);
        // Asking for the first time loads and compiles what answers.
        await FiguresAsync(router);
        var before = await FiguresAsync(router);
        var clock = Stopwatch.StartNew();
        await ChurnAsync(router, endpoints, Cycles, WarmUp + Cycles);
        var seconds = clock.Elapsed.TotalSeconds;
        var after = await FiguresAsync(router);
        for (var i = 0; i < 5 && !IsBack(before, after); i++)
        {
            // A thread of the pool that was there for a moment, and the like.
            after = await FiguresAsync(router);
        }

        output.WriteLine($"{Cycles} cycles in {seconds:0.0} s ({Cycles / seconds:0} a second) after {WarmUp} to warm up: {await router.AskAsync("census")}");
        output.WriteLine($"before: {before}");
        output.WriteLine($"after:  {after}");
        Assert.Equal("0", await router.AskAsync("peers"));
        Assert.True(after.Descriptors <= before.Descriptors, $"new descriptors: {string.Join(", ", after.Open.Except(before.Open))}");
        Assert.InRange(after.Managed, 0, (long)(before.Managed * Tolerance));
        Assert.InRange(after.Private, 0, (long)(before.Private * Tolerance));
        Assert.InRange(after.Resident, 0, (long)(before.Resident * Tolerance));
    }

    private static bool IsBack(ProcessFigures before, ProcessFigures after) =>
        after.Managed <= before.Managed * Tolerance && after.Private <= before.Private * Tolerance && after.Resident <= before.Resident * Tolerance && after.Descriptors <= before.Descriptors;

    private static async Task<ProcessFigures> FiguresAsync(OtherProcess router) =>
        System.Text.Json.JsonSerializer.Deserialize<ProcessFigures>(await router.AskAsync("figures"))!;

    private static async Task ChurnAsync(OtherProcess router, string endpoints, int cycles, int endedThen)
    {
        var tcp = new IPEndPoint(IPAddress.Loopback, BusEndpoint.Parse(endpoints.Split(' ')[0]).Port);
        var ipc = new UnixDomainSocketEndPoint(BusEndpoint.Parse(endpoints.Split(' ')[1]).Path);
        var workers = Enumerable.Range(0, Workers).Select(worker => Task.Factory.StartNew(
            () =>
            {
                for (var i = worker; i < cycles; i += Workers)
                {
                    ComeAndGo(tcp, ipc, i);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromMinutes(3));
        await EndedAsync().Within($"{endedThen} connections to end at the router");

        async Task EndedAsync()
        {
            while (long.Parse(await router.AskAsync("ended"), System.Globalization.CultureInfo.InvariantCulture) < endedThen)
            {
                await Task.Delay(10);
            }
        }
    }

    private static void ComeAndGo(EndPoint tcp, EndPoint ipc, int number)
    {
        var isTcp = number % 2 == 0;
        using var socket = isTcp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(isTcp ? tcp : ipc);
        switch (number / 2 % 4)
        {
            case 0:
                // Not a word.
                return;
            case 1:
                socket.Send(RawPeer.Opening("DEALER", [])[..20]);
                return;
            case 2:
                ShakeHands(socket, [(byte)'n', .. BitConverter.GetBytes(number)]);
                return;
            default:
                // One name for all: each takes the place of the last, if that is still there. And it leaves with a reset, if it can.
                ShakeHands(socket, "same"u8.ToArray());
                // Another may have its place already.
                socket.Send(RawPeer.Frame(0, new byte[100]), SocketFlags.None, out _);
                socket.LingerState = new LingerOption(isTcp, 0);
                return;
        }
    }

    private static void ShakeHands(Socket socket, byte[] identity)
    {
        socket.Send(RawPeer.Opening("DEALER", identity));
        var left = RawPeer.Opening("ROUTER", []).Length;
        Span<byte> buffer = stackalloc byte[left];
        while (left > 0)
        {
            var read = socket.Receive(buffer[..left]);
            left -= read > 0 ? read : throw new EndOfStreamException("The router closed a connection in its handshake.");
        }
    }
}
