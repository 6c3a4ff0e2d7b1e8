using BenchmarkDotNet.Attributes;
using Iarnet.Bus;

namespace Iarnet.MicroBenchmarks;

/// <summary>Messages of 64 bytes from a DEALER to a ROUTER of the same process, over a Unix socket, with all that belongs to it: time of one message.</summary>
public class SocketBenchmarks : IAsyncDisposable
{
    private const int Messages = 256;
    private readonly byte[] _body = new byte[64];
    private readonly SendBatch _batch = new();
    private RouterSocket _router = null!;
    private DealerSocket _dealer = null!;

    [Params("ipc://*", "inproc://micro")]
    public string Endpoint { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        _router = new RouterSocket();
        _dealer = new DealerSocket();
        _dealer.Connect(_router.Bind(Endpoint));
    }

    [GlobalCleanup]
    public Task End() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _dealer.DisposeAsync();
        await _router.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task Batch()
    {
        for (var i = 0; i < Messages; i++)
        {
            _batch.Add(_body);
        }

        await _dealer.SendAsync(_batch);
        for (var received = 0; received < Messages;)
        {
            using var batch = await _router.ReceiveBatchAsync();
            received += batch.Count;
        }
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task MessageByMessage()
    {
        for (var i = 0; i < Messages; i++)
        {
            await _dealer.SendAsync(_body);
        }

        for (var i = 0; i < Messages; i++)
        {
            using var message = await _router.ReceiveAsync();
        }
    }
}
