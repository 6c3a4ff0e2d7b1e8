using Iarnet.Bus.Components;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

public sealed partial class ComponentBusClient
{
    [LoggerMessage(45, LogLevel.Debug, "A message of {Bytes} bytes expired before it left: priority {Priority}, time to live {TimeToLive}; component {Id}")]
    private partial void LogExpired(int bytes, BusPriority priority, TimeSpan timeToLive, ComponentId id);

    /// <summary>The flow's view of the handler.</summary>
    private sealed class Receiver(ComponentBusClient client) : IFlowReceiver
    {
        private readonly IBusClientBatchHandler? _batches = client._handler as IBusClientBatchHandler;

        public bool TakesBatches => _batches is not null;

        public void Received(in BusMessage message) => client._handler.Received(client, message);

        public void Received(ReadOnlySpan<BusMessage> messages) => _batches!.ReceivedBatch(client, messages);

        public void Canceled(ulong correlation) => client._handler.Canceled(client, correlation);

        public void Expired(in BusExpiredMessage message)
        {
            client.LogExpired(message.Payload.Length, message.Priority, message.TimeToLive, client._options.ComponentId);
            client._handler.Expired(client, message);
        }

        public void Threw(Exception exception) => client.LogHandlerFailed(exception, client._options.ComponentId);
    }
}
