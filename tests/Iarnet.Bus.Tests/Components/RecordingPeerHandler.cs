using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Iarnet.Bus.Tests.Components;

/// <summary>Writes down what happens with a component, and lets a test wait for it.</summary>
internal sealed class RecordingPeerHandler : IBusPeerHandler
{
    private readonly Channel<string> _states = Channel.CreateUnbounded<string>();

    public Channel<BusMessage> Messages { get; } = Channel.CreateUnbounded<BusMessage>();

    public ConcurrentQueue<ulong> CanceledRequests { get; } = new();

    public Channel<ulong> Cancellations { get; } = Channel.CreateUnbounded<ulong>();

    public Channel<BusExpiredMessage> Expirations { get; } = Channel.CreateUnbounded<BusExpiredMessage>();

    public BusReady? LastReady { get; private set; }

    /// <summary>Runs instead of writing the message down, when a test wants that.</summary>
    public Action<BusPeer, BusMessage>? OnMessage { get; set; }

    public void Ready(BusPeer peer, BusReady ready)
    {
        LastReady = ready;
        _states.Writer.TryWrite("ready");
    }

    public void Received(BusPeer peer, BusMessage message)
    {
        if (OnMessage is { } handle)
        {
            handle(peer, message);
        }
        else
        {
            Messages.Writer.TryWrite(message.Retain());
        }
    }

    public void Canceled(BusPeer peer, ulong correlation) => Cancellations.Writer.TryWrite(correlation);

    public void Expired(BusPeer peer, BusExpiredMessage message) => Expirations.Writer.TryWrite(message);

    public void Away(BusPeer peer, string reason) => _states.Writer.TryWrite("away");

    public void Returned(BusPeer peer) => _states.Writer.TryWrite("returned");

    public void Gone(BusPeer peer, string reason) => _states.Writer.TryWrite("gone: " + reason);

    /// <summary>The next change of state.</summary>
    public Task<string> NextState() => _states.Reader.ReadAsync().AsTask();

    public Task<BusMessage> NextMessage() => Messages.Reader.ReadAsync().AsTask();
}
