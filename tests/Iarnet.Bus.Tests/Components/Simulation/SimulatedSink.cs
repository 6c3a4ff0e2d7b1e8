using Iarnet.Bus.Components;
using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Tests.Components.Simulation;

/// <summary>One direction of a connection: what is encoded and not sent, bounded, and what is under way to the other end.</summary>
internal sealed class SimulatedSink(int bound, Action room) : IMessageSink
{
    private readonly Queue<byte[]> _encoded = new();
    private readonly Queue<byte[]> _underWay = new();
    private bool _refused;
    private bool _closed;

    public bool IsEmpty => _encoded.Count == 0 && _underWay.Count == 0;

    public SendOutcome TryAppend(ReadOnlySpan<byte> head, ReadOnlyMemory<byte> rest, bool evenIfFull = false)
    {
        if (_closed)
        {
            return SendOutcome.Closed;
        }

        if (!evenIfFull && _encoded.Count >= bound)
        {
            _refused = true;
            return SendOutcome.Full;
        }

        _encoded.Enqueue([.. head, .. rest.Span]);
        return SendOutcome.Queued;
    }

    public void Flush()
    {
        // The wire takes what it wants when it wants: see Transmit.
    }

    /// <summary>The kernel takes some envelopes.</summary>
    public void Transmit(int count)
    {
        for (; count > 0 && _encoded.TryDequeue(out var envelope); count--)
        {
            _underWay.Enqueue(envelope);
        }

        if (_refused && _encoded.Count <= bound / 2)
        {
            _refused = false;
            room();
        }
    }

    public bool TryReceive(out byte[]? envelope) => _underWay.TryDequeue(out envelope);

    /// <summary>The sending end has left: what it had not given to the kernel is lost.</summary>
    public void Close()
    {
        _closed = true;
        _encoded.Clear();
    }

    /// <summary>The network is cut: of what is under way, some still arrives.</summary>
    public void Cut(int arrives)
    {
        _encoded.Clear();
        var left = _underWay.Take(arrives).ToArray();
        _underWay.Clear();
        foreach (var envelope in left)
        {
            _underWay.Enqueue(envelope);
        }
    }
}
