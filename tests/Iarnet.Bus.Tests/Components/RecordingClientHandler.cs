using System.Threading.Channels;

namespace Iarnet.Bus.Tests.Components;

/// <summary>Writes down what the engine sends, and lets a test wait for it.</summary>
internal sealed class RecordingClientHandler : IBusClientHandler
{
    public Channel<BusMessage> Messages { get; } = Channel.CreateUnbounded<BusMessage>();

    public Channel<ulong> Cancellations { get; } = Channel.CreateUnbounded<ulong>();

    public Channel<string> States { get; } = Channel.CreateUnbounded<string>();

    /// <summary>Runs instead of writing the message down, when a test wants that.</summary>
    public Action<ComponentBusClient, BusMessage>? OnMessage { get; set; }

    public void Received(ComponentBusClient client, BusMessage message)
    {
        if (OnMessage is { } handle)
        {
            handle(client, message);
        }
        else
        {
            Messages.Writer.TryWrite(message.Retain());
        }
    }

    public void Canceled(ComponentBusClient client, ulong correlation) => Cancellations.Writer.TryWrite(correlation);

    public void Connected(ComponentBusClient client, string nodeId) => States.Writer.TryWrite("connected " + nodeId);

    public void Disconnected(ComponentBusClient client, string reason) => States.Writer.TryWrite("disconnected");

    public Task<string> NextState() => States.Reader.ReadAsync().AsTask();

    public Task<BusMessage> NextMessage() => Messages.Reader.ReadAsync().AsTask();
}
