using System.Threading.Channels;
using Google.Protobuf;
using Iarnet.Bus;
using Iarnet.Components.Wire;

namespace Iarnet.Components.Tests;

/// <summary>A component of this process that does what a test says: on the real bus, with the generated classes of the protocol.</summary>
internal sealed class FakeComponent : ILaunchedComponent, IBusClientHandler
{
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<(ActorCommand Command, int Size)> _commands = Channel.CreateUnbounded<(ActorCommand, int)>();
    private readonly ComponentBusClient _client;

    public FakeComponent(ComponentLaunch launch)
    {
        Id = launch.Id;
        _client = new ComponentBusClient(new ComponentBusClientOptions { Endpoint = launch.Environment[ComponentVariables.Bus], ComponentId = launch.Id }, this);
    }

    public ComponentId Id { get; }

    public Task<string> Ended => _ended.Task;

    public Task ConnectAsync() => _client.ConnectAsync().AsTask();

    public void End(string reason) => _ended.TrySetResult(reason);

    public void Report(ActorReport report) => _client.Send(report.ToByteArray());

    public void Say(byte[] bytes) => _client.Send(bytes);

    public Task<(ActorCommand Command, int Size)> NextAsync() => _commands.Reader.ReadAsync().AsTask().Within("a command");

    /// <summary>Reads commands until so many calls came.</summary>
    public async Task<List<(ActorCommand Command, int Size)>> CallsAsync(int count)
    {
        var commands = new List<(ActorCommand Command, int Size)>();
        while (commands.Sum(read => read.Command.Invoke.Count) < count)
        {
            commands.Add(await NextAsync());
        }

        return commands;
    }

    public void Received(ComponentBusClient client, BusMessage message) => _commands.Writer.TryWrite((ActorCommand.Parser.ParseFrom(message.Payload.Span), message.Payload.Length));

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _ended.TrySetResult("stopped");
    }
}
