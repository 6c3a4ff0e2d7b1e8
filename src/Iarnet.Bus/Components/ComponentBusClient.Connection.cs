using Iarnet.Bus.Connections;
using Iarnet.Bus.Diagnostics;
using Iarnet.Bus.Memory;
using Iarnet.Bus.Wire;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

// There is one connection at a time and its calls come in order, so that nothing here needs a gate.
public sealed partial class ComponentBusClient
{
    private const int QueueMessages = 8192;
    private const long QueueBytes = 1 << 20;

    private readonly EnvelopeReader _envelope = new();
    private readonly ITimer _giveUp;
    private string _lastFailure = "none";
    private ZmtpConnection? _connection;

    private void Join(ZmtpConnection connection)
    {
        var queue = new SendQueue(QueueMessages, QueueBytes, _flow.Continue);
        connection.Attach(queue);
        SayReady(queue);
        _ = ExpectWelcomeAsync(connection);
    }

    private void SayReady(SendQueue queue)
    {
        queue.TryAppend(EnvelopeWriter.WriteReady(_options.ComponentId.Value, _self, _flow.Received), ReadOnlyMemory<byte>.Empty, evenIfFull: true);
        queue.Flush();
    }

    private async Task ExpectWelcomeAsync(ZmtpConnection connection)
    {
        try
        {
            await connection.Ended.WaitAsync(_options.HandshakeTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            if (Volatile.Read(ref _connection) != connection)
            {
                connection.Fail($"the engine did not answer Ready within {_options.HandshakeTimeout.TotalSeconds:0.###} s");
            }
        }
    }

    private void Receive(ZmtpConnection connection, in Region messages)
    {
        var reader = new RegionReader(messages);
        while (reader.Next(out var body, out var frames))
        {
            if (!_completion.Task.IsCompleted && !Process(connection, body, frames))
            {
                return;
            }
        }

        _flow.AfterBatch();
    }

    private bool Process(ZmtpConnection connection, ReadOnlyMemory<byte> message, int frames)
    {
        if (frames != 1 || !_envelope.TryBegin(message))
        {
            throw new ProtocolException("the engine sent bytes that are no envelope");
        }

        if (_envelope.HasGoodbye)
        {
            Complete($"the engine said goodbye: {_envelope.Reason}");
            return false;
        }

        if (_envelope.Version != EnvelopeWriter.Version)
        {
            connection.Queue!.TryAppend(EnvelopeWriter.WriteGoodbye($"the engine speaks version {_envelope.Version} of the bus, this component version {EnvelopeWriter.Version}"), ReadOnlyMemory<byte>.Empty, evenIfFull: true);
            connection.Queue.Flush();
            Complete($"the engine speaks version {_envelope.Version} of the bus, this component version {EnvelopeWriter.Version}: run both from the same release");
            return false;
        }

        if (_envelope.HasWelcome)
        {
            Welcome(connection);
        }
        else if (_connection != connection)
        {
            // A prompt, which crossed with our Ready.
            return true;
        }

        if (_envelope.Acknowledged != 0)
        {
            _flow.Acknowledge(_envelope.Acknowledged);
        }

        return Deliver();
    }

    private void Welcome(ZmtpConnection connection)
    {
        if (_connection == connection)
        {
            return;
        }

        Volatile.Write(ref _connection, connection);
        _giveUp.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!_flow.TryAttach(connection.Queue!, _envelope.Received))
        {
            throw new ProtocolException($"the engine says that it has received {_envelope.Received} messages, which does not fit what was sent");
        }

        LogConnected(_options.ComponentId, _options.Endpoint, _envelope.NodeId);
        var node = _envelope.NodeId;
        Tell(() => _handler.Connected(this, node));
        _connected.TrySetResult();
    }

    private bool Deliver()
    {
        _flow.Deliver(_envelope);
        return true;
    }

    private void Leave(ZmtpConnection connection, string reason)
    {
        connection.Queue?.Close();
        _flow.Detach(connection.Queue);
        if (_connection != connection)
        {
            return;
        }

        Volatile.Write(ref _connection, null);
        if (_completion.Task.IsCompleted)
        {
            return;
        }

        _giveUp.Change(_options.GiveUpAfter, Timeout.InfiniteTimeSpan);
        LogLost(_options.ComponentId, reason);
        Tell(() => _handler.Disconnected(this, reason));
    }

    private void Tell(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            LogHandlerFailed(e, _options.ComponentId);
        }
    }

    private void GiveUp() => Complete($"the engine at {_options.Endpoint} was not reached for {_options.GiveUpAfter.TotalSeconds:0.###} s; the last failure: {Volatile.Read(ref _lastFailure)}");

    private void Complete(string reason)
    {
        if (!_completion.TrySetResult(reason))
        {
            return;
        }

        _flow.Close(reason);
        LogEnded(_options.ComponentId, reason);
        // Not awaited: it waits for the connection, whose reader may be our caller. Disposing waits for it.
        _ = Task.Run(async () => await _hub.DisposeAsync().ConfigureAwait(false));
    }

    [LoggerMessage(40, LogLevel.Information, "Component {Id} is on the bus at {Endpoint} of node {NodeId}")]
    private partial void LogConnected(ComponentId id, string endpoint, string nodeId);

    [LoggerMessage(41, LogLevel.Warning, "Component {Id} lost the bus and connects again: {Reason}")]
    private partial void LogLost(ComponentId id, string reason);

    [LoggerMessage(42, LogLevel.Information, "Component {Id} leaves the bus: {Reason}")]
    private partial void LogEnded(ComponentId id, string reason);

    [LoggerMessage(43, LogLevel.Error, "The handler of component {Id} threw")]
    private partial void LogHandlerFailed(Exception exception, ComponentId id);

    [LoggerMessage(44, LogLevel.Warning, "Component {Id} ends although the engine did not acknowledge everything within {Linger}")]
    private partial void LogUnsettled(ComponentId id, TimeSpan linger);

    /// <summary>The connections' view of the client, apart from its public face.</summary>
    private sealed class Owner(ComponentBusClient client) : IConnectionOwner
    {
        public void Joined(ZmtpConnection connection)
        {
            BusMetrics.Connections.Add(1);
            client.Join(connection);
        }

        public void Received(ZmtpConnection connection, in Region messages) => client.Receive(connection, messages);

        public void Left(ZmtpConnection connection, string reason)
        {
            BusMetrics.Connections.Add(-1);
            client.Leave(connection, reason);
        }

        public void HandshakeFailed(string endpoint, string reason) => BusMetrics.HandshakesFailed.Add(1);

        public void Retrying(string endpoint, string reason, TimeSpan delay) => Volatile.Write(ref client._lastFailure, reason);
    }
}
