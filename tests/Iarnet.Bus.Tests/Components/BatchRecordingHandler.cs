using System.Threading.Channels;

namespace Iarnet.Bus.Tests.Components;

/// <summary>Writes down the batches that the engine sends.</summary>
internal sealed class BatchRecordingHandler : IBusClientBatchHandler
{
    public Channel<BusMessage[]> Batches { get; } = Channel.CreateUnbounded<BusMessage[]>();

    public bool Throws { get; set; }

    public void Received(ComponentBusClient client, BusMessage message) => throw new NotSupportedException("a batch handler is given batches");

    public void ReceivedBatch(ComponentBusClient client, ReadOnlySpan<BusMessage> messages)
    {
        if (Throws)
        {
            throw new FormatException("broken batch handler");
        }

        var batch = new BusMessage[messages.Length];
        for (var i = 0; i < batch.Length; i++)
        {
            batch[i] = messages[i].Retain();
        }

        Batches.Writer.TryWrite(batch);
    }
}
