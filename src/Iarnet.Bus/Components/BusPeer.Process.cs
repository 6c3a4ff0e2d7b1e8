using Iarnet.Bus.Connections;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus;

public sealed partial class BusPeer
{
    /// <summary>False: nothing more is read from the connection.</summary>
    private bool Process(ZmtpConnection connection, ReadOnlyMemory<byte> message, int frames)
    {
        if (frames != 1 || !_envelope.TryBegin(message))
        {
            throw new ProtocolException(frames != 1
                ? $"component '{Id}' sent a message of {frames} frames where one envelope is expected"
                : $"component '{Id}' sent bytes that are no envelope");
        }

        if (_envelope.Version != EnvelopeWriter.Version)
        {
            return Refuse(connection, $"the component speaks version {_envelope.Version} of the bus, this engine version {EnvelopeWriter.Version}: run both from the same release");
        }

        if (_envelope.HasReady && !Welcome(connection))
        {
            return false;
        }

        if (_envelope.HasGoodbye && _connection == connection)
        {
            MakeGone(_envelope.Reason.Length == 0 ? "it said goodbye" : $"it said goodbye: {_envelope.Reason}");
            return false;
        }

        if (_connection != connection)
        {
            // A peer whose library connects anew by itself does not know that the connection changed: it is asked to say
            // Ready, and sends again then what is dropped here.
            connection.Queue!.TryAppend(EnvelopeWriter.WritePrompt(), ReadOnlyMemory<byte>.Empty);
            return true;
        }

        if (_envelope.Acknowledged != 0)
        {
            _flow.Acknowledge(_envelope.Acknowledged);
        }

        _flow.Deliver(_envelope);
        return true;
    }

    private bool Welcome(ZmtpConnection connection)
    {
        if (_envelope.ComponentId != Id.Value)
        {
            return Refuse(connection, $"the component says that it is '{_envelope.ComponentId}', its socket says '{Id}'");
        }

        var known = _incarnation == _envelope.Incarnation;
        if (!known && _envelope.Received != 0)
        {
            return Refuse(connection, "the component goes on with a conversation that this engine does not know: start its process anew");
        }

        if (_connection is { } old && old != connection)
        {
            _flow.Detach(old.Queue);
            old.Fail("another connection of the same component took its place");
        }

        var first = !known;
        if (first && _incarnation is not null)
        {
            _flow.Restart($"a new incarnation of component '{Id}' took its place");
            LogGone(Id, "a new incarnation took its place");
            Tell(() => _handler.Gone(this, "a new incarnation took its place"));
        }

        var returned = known && _state == BusPeerState.Away;
        _incarnation = _envelope.Incarnation;
        Volatile.Write(ref _connection, connection);
        _awayTimer?.Dispose();
        _state = BusPeerState.Ready;
        connection.Queue!.TryAppend(EnvelopeWriter.WriteWelcome(_nodeId, _flow.Received), ReadOnlyMemory<byte>.Empty, evenIfFull: true);
        if (!_flow.TryAttach(connection.Queue, _envelope.Received))
        {
            throw new ProtocolException($"component '{Id}' says that it has received {_envelope.Received} messages, which does not fit what was sent");
        }

        if (first)
        {
            var ready = new BusReady(_envelope.Language, _envelope.RuntimeVersion, _envelope.ProcessId, _envelope.Incarnation);
            LogReady(Id, ready.Language, ready.RuntimeVersion, ready.ProcessId);
            Tell(() => _handler.Ready(this, ready));
        }
        else if (returned)
        {
            LogReturned(Id);
            Tell(() => _handler.Returned(this));
        }

        return true;
    }

    private bool Refuse(ZmtpConnection connection, string reason)
    {
        LogRefused(Id, reason);
        connection.Queue!.TryAppend(EnvelopeWriter.WriteGoodbye(reason), ReadOnlyMemory<byte>.Empty, evenIfFull: true);
        // Not awaited: it ends when this reader has ended, which waits for us.
        _ = connection.CloseAsync(reason, _linger);
        return false;
    }
}
