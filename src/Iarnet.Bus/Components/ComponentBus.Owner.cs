using System.Text;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Memory;
using Iarnet.Bus.Wire;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

public sealed partial class ComponentBus
{
    /// <summary>How long a connection may be silent before it is asked to say Ready: a library that connects anew by itself does not say it unasked.</summary>
    private static readonly TimeSpan PromptAfter = TimeSpan.FromMilliseconds(250);

    [LoggerMessage(20, LogLevel.Information, "The component bus listens on {Endpoint}")]
    private partial void LogBound(string endpoint);

    [LoggerMessage(21, LogLevel.Warning, "{Remote} is refused: component '{Identity}' is not registered")]
    private partial void LogUnknown(string remote, string identity);

    [LoggerMessage(22, LogLevel.Error, "The component bus closes although the handler of a component does not return: handlers must not block")]
    private partial void LogHandlerBlocks();

    private BusPeer? Find(byte[] identity)
    {
        // An identity that is no legal name is not in the table; text made of it is bounded by the handshake (255 bytes).
        var name = Encoding.UTF8.GetString(identity);
        lock (_lock)
        {
            return _peers.TryGetValue(name, out var peer) && peer.State != BusPeerState.Gone ? peer : null;
        }
    }

    /// <summary>The connections' view of the bus, apart from its public face.</summary>
    private sealed class Owner(ComponentBus bus) : IConnectionOwner
    {
        public void Joined(ZmtpConnection connection)
        {
            BusMetrics.Connections.Add(1);
            var peer = bus.Find(connection.PeerIdentity);
            if (peer is null)
            {
                var name = ZmtpGreeting.Printable(connection.PeerIdentity);
                bus.LogUnknown(connection.Remote, name);
                var queue = new SendQueue(1, 1);
                connection.Attach(queue);
                queue.TryAppend(EnvelopeWriter.WriteGoodbye($"component '{name}' is not registered with node {bus._options.NodeId}, or is gone"), ReadOnlyMemory<byte>.Empty, evenIfFull: true);
                queue.Flush();
                // Not awaited: it ends when this connection has ended, which is run by our caller.
                _ = connection.CloseAsync("the component is not registered", bus._options.Linger);
                return;
            }

            connection.Attach(peer.CreateQueue());
            connection.Tag = peer;
            peer.Expect(connection, PromptAfter, bus._options.HandshakeTimeout);
        }

        public void Received(ZmtpConnection connection, in Region messages)
        {
            // Without a peer it was refused: the goodbye is on its way.
            (connection.Tag as BusPeer)?.Received(connection, messages);
        }

        public void Left(ZmtpConnection connection, string reason)
        {
            BusMetrics.Connections.Add(-1);
            connection.Queue?.Close();
            (connection.Tag as BusPeer)?.Left(connection, reason);
        }

        public void HandshakeFailed(string endpoint, string reason) => BusMetrics.HandshakesFailed.Add(1);

        public void Retrying(string endpoint, string reason, TimeSpan delay)
        {
            // The engine's end only listens.
        }
    }
}
