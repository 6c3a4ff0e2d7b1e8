using BenchmarkDotNet.Attributes;
using Iarnet.Bus.Memory;
using Iarnet.Bus.Sockets;

namespace Iarnet.MicroBenchmarks;

/// <summary>Received messages through the queue between the I/O loop and the one who receives, on one thread: time of one message.</summary>
public class QueueBenchmarks
{
    private const int Messages = 64;
    private readonly ReceiveShare _share = new();
    private ReceiveQueue _queue = null!;
    private Region _region;

    [GlobalSetup]
    public void Prepare()
    {
        _queue = new ReceiveQueue(this, 10_000, 16 << 20);
        _region = Regions.Of(Messages, 64);
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Batch()
    {
        _queue.Add(null, _share, _region);
        _queue.TryTakeBatch(out var batch);
        using (batch)
        {
            return batch.Count;
        }
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int MessageByMessage()
    {
        _queue.Add(null, _share, _region);
        var count = 0;
        while (_queue.TryTakeMessage(out var message))
        {
            using (message)
            {
                count += message.Body.Length;
            }
        }

        return count;
    }
}
