using System.Buffers.Binary;
using System.Text;
using Iarnet.Bus.Components;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Tests.Components.Simulation;

/// <summary>One end: the real flow and the real envelopes, and what BusPeer and ComponentBusClient do with a connection.</summary>
internal sealed class SimulatedEnd : IFlowReceiver
{
    private readonly FlowSimulation _run;
    private readonly EnvelopeReader _reader = new();
    private readonly int[] _lastOfLevel = [-1, -1, -1];
    private readonly HashSet<ulong> _asked = [];
    private readonly List<BusMessage> _unanswered = [];
    private ulong _incarnation;

    public SimulatedEnd(FlowSimulation run, bool isEngine, bool takesBatches, ulong incarnation)
    {
        _run = run;
        IsEngine = isEngine;
        TakesBatches = takesBatches;
        _incarnation = incarnation;
        Flow = new MessageFlow(isEngine ? "component 'x'" : "the engine", run.Limits, this, run.Time);
    }

    public bool IsEngine { get; }

    public bool TakesBatches { get; }

    public MessageFlow Flow { get; }

    /// <summary>The connection past its handshake, as this end sees it.</summary>
    public SimulatedConnection? Current { get; private set; }

    public void Continue() => Flow.Continue();

    public void SayReady(SimulatedConnection connection) =>
        connection.From(this).TryAppend(EnvelopeWriter.WriteReady("x", new BusReady("", "", 1, _incarnation), Flow.Received), ReadOnlyMemory<byte>.Empty, evenIfFull: true);

    /// <summary>This end notices that a connection is lost.</summary>
    public void Leave(SimulatedConnection connection)
    {
        connection.From(this).Close();
        connection.IsLeftByEngine |= IsEngine;
        Flow.Detach(connection.From(this));
        if (Current == connection)
        {
            Current = null;
        }
    }

    public void Receive(SimulatedConnection connection, int count)
    {
        for (; count > 0 && !(IsEngine && connection.IsLeftByEngine) && connection.To(this).TryReceive(out var bytes); count--)
        {
            Process(connection, bytes!);
        }

        Flow.AfterBatch();
    }

    public void Answer()
    {
        if (_unanswered.Count == 0)
        {
            return;
        }

        var at = _run.Random.Next(_unanswered.Count);
        Answer(_unanswered[at]);
        _unanswered.RemoveAt(at);
    }

    public void Received(in BusMessage message)
    {
        _run.Delivered(this, message, _lastOfLevel);
        if (message.Kind != BusMessageKind.Request)
        {
            return;
        }

        _run.Check(_asked.Add(message.Correlation), $"correlation {message.Correlation} came twice");
        switch (_run.Random.Next(4))
        {
            case 0:
                Answer(message);
                break;
            case 1:
                break;
            default:
                _unanswered.Add(message.Retain());
                break;
        }
    }

    public void Received(ReadOnlySpan<BusMessage> messages)
    {
        _run.Check(!messages.IsEmpty, "an empty batch was handed over");
        foreach (ref readonly var message in messages)
        {
            Received(message);
        }
    }

    public void Canceled(ulong correlation) =>
        _run.Check(_asked.Contains(correlation), $"request {correlation} was cancelled and had never come");

    public void Expired(in BusExpiredMessage message) => _run.Expired(this, message);

    public void Threw(Exception exception) => throw new InvalidOperationException("a call of the handler failed", exception);

    /// <summary>Fails on what the other end says at once, as a connection would.</summary>
    private void Process(SimulatedConnection connection, byte[] bytes)
    {
        _run.Check(_reader.TryBegin(bytes), "an envelope could not be read");
        if (_reader.HasReady)
        {
            Welcome(connection);
        }
        else if (_reader.HasWelcome && Current != connection)
        {
            Current = connection;
            _run.Check(Flow.TryAttach(connection.From(this), _reader.Received), "the engine's Welcome does not fit what was sent");
        }

        if (Current != connection)
        {
            return;
        }

        if (_reader.Acknowledged != 0)
        {
            Flow.Acknowledge(_reader.Acknowledged);
        }

        Flow.Deliver(_reader);
        // The receive buffer is used again: whoever kept a slice of it sees this.
        bytes.AsSpan().Fill(0xEE);
    }

    private void Welcome(SimulatedConnection connection)
    {
        if (Current is { } old && old != connection)
        {
            Leave(old);
        }

        if (_incarnation != _reader.Incarnation)
        {
            if (_incarnation != 0)
            {
                _run.Forgotten(this);
                Flow.Restart("a new incarnation");
                Array.Fill(_lastOfLevel, -1);
                _asked.Clear();
                _unanswered.Clear();
            }

            _incarnation = _reader.Incarnation;
        }

        Current = connection;
        connection.From(this).TryAppend(EnvelopeWriter.WriteWelcome("n", Flow.Received), ReadOnlyMemory<byte>.Empty, evenIfFull: true);
        _run.Check(Flow.TryAttach(connection.From(this), _reader.Received), "the component's Ready does not fit what was sent");
    }

    private void Answer(in BusMessage request)
    {
        var fault = _run.Random.Next(5) == 0;
        var payload = fault ? Encoding.UTF8.GetBytes("no") : new byte[4];
        if (!fault)
        {
            BinaryPrimitives.WriteInt32LittleEndian(payload, ~BinaryPrimitives.ReadInt32LittleEndian(request.Payload.Span));
        }

        // When there is no room the requester has its timeout.
        Flow.TrySend(fault ? EnvelopeKind.Fault : EnvelopeKind.Reply, request.Correlation, payload, new BusSendOptions { Priority = request.Priority });
    }
}
