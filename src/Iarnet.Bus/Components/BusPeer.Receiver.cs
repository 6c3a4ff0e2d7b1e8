using Iarnet.Bus.Components;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

public sealed partial class BusPeer
{
    [LoggerMessage(36, LogLevel.Debug, "A message of {Bytes} bytes expired before it left: priority {Priority}, time to live {TimeToLive}; component {Id}")]
    private partial void LogExpired(int bytes, BusPriority priority, TimeSpan timeToLive, ComponentId id);

    /// <summary>The flow's view of the handler.</summary>
    private sealed class Receiver(BusPeer peer) : IFlowReceiver
    {
        private readonly IBusPeerBatchHandler? _batches = peer._handler as IBusPeerBatchHandler;

        public bool TakesBatches => _batches is not null;

        public void Received(in BusMessage message) => peer._handler.Received(peer, message);

        public void Received(ReadOnlySpan<BusMessage> messages) => _batches!.ReceivedBatch(peer, messages);

        public void Canceled(ulong correlation) => peer._handler.Canceled(peer, correlation);

        public void Expired(in BusExpiredMessage message)
        {
            peer.LogExpired(message.Payload.Length, message.Priority, message.TimeToLive, peer.Id);
            peer._handler.Expired(peer, message);
        }

        public void Threw(Exception exception) => peer.LogHandlerFailed(exception, peer.Id);
    }
}
