using System.Buffers.Binary;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>What runs in <see cref="OtherProcess"/>.</summary>
internal static class OtherEnd
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(600);

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["component", var endpoint, var id]:
                await RunComponentAsync(endpoint, id);
                return 0;
            case ["engine", var endpoint, var id]:
                await RunEngineAsync(endpoint, id);
                return 0;
            case ["numbers", var endpoint, var identity]:
                await SendNumbersAsync(endpoint, identity);
                return 0;
            case ["census", ..]:
                await CountAsync(args[1..]);
                return 0;
            case ["echo", var endpoint]:
                await EchoAsync(endpoint);
                return 0;
            default:
                await Console.Error.WriteLineAsync("Run the tests with 'dotnet test'.");
                return 2;
        }
    }

    /// <summary>Answers requests with their payload, and sends back what comes one way.</summary>
    private static async Task RunComponentAsync(string endpoint, string id)
    {
        var options = new ComponentBusClientOptions
        {
            Endpoint = endpoint,
            ComponentId = new ComponentId(id),
            HeartbeatInterval = Beat,
            HeartbeatTimeout = Silence,
            ReconnectDelay = TimeSpan.FromMilliseconds(10),
            ReconnectDelayLimit = TimeSpan.FromMilliseconds(100),
        };
        await using var client = new ComponentBusClient(options, new Answering());
        await client.ConnectAsync();
        Console.WriteLine("ready");
        await UntilOrphanedAsync(client.Completion);
    }

    /// <summary>Answers requests of its one component with their payload.</summary>
    private static async Task RunEngineAsync(string endpoint, string id)
    {
        var options = new ComponentBusOptions { Endpoints = { endpoint }, HeartbeatInterval = Beat, HeartbeatTimeout = Silence, AwayLimit = TimeSpan.FromSeconds(30) };
        await using var bus = new ComponentBus(options);
        bus.Register(new ComponentId(id), new Answering());
        await bus.StartAsync();
        Console.WriteLine(bus.Endpoints[0]);
        await UntilOrphanedAsync(Task.Delay(Timeout.Infinite));
    }

    /// <summary>A DEALER that sends 0, 1, 2, ... as fast as it may.</summary>
    private static async Task SendNumbersAsync(string endpoint, string identity)
    {
        await using var dealer = new DealerSocket(new BusSocketOptions
        {
            Identity = new PeerIdentity(identity),
            HeartbeatInterval = Beat,
            HeartbeatTimeout = Silence,
            SendMessages = 1_000,
            ReconnectDelay = TimeSpan.FromMilliseconds(10),
            ReconnectDelayLimit = TimeSpan.FromMilliseconds(100),
        });
        dealer.Connect(endpoint);
        Console.WriteLine("sending");
        var orphaned = UntilOrphanedAsync(Task.Delay(Timeout.Infinite));
        var body = new byte[200];
        for (var i = 0L; !orphaned.IsCompleted; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(body, i);
            await Task.WhenAny(dealer.SendAsync(body).AsTask(), orphaned);
        }
    }

    /// <summary>A ROUTER that sends back.</summary>
    private static async Task EchoAsync(string endpoint)
    {
        await using var router = new RouterSocket(new BusSocketOptions { HeartbeatInterval = Beat, HeartbeatTimeout = Silence });
        router.Handle(static (socket, batch) =>
        {
            foreach (var message in batch)
            {
                socket.TrySend(batch.Peer!, message.Body);
            }
        });
        Console.WriteLine(router.Bind(endpoint));
        await UntilOrphanedAsync(Task.Delay(Timeout.Infinite));
    }

    /// <summary>A ROUTER that tells, when it is asked, how many came and went, and what the process holds.</summary>
    private static async Task CountAsync(string[] endpoints)
    {
        await using var router = new RouterSocket();
        var census = new Census();
        router.Handle((_, batch) => census.Messages += batch.Count);
        router.Happened += census.Add;
        Console.WriteLine(string.Join(' ', endpoints.Select(router.Bind)));
        while (await Console.In.ReadLineAsync() is { } question)
        {
            Console.WriteLine(question switch
            {
                "ended" => census.Ended.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "peers" => router.Peers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "census" => census.ToString(),
                _ => System.Text.Json.JsonSerializer.Serialize(ProcessFigures.Take()),
            });
        }
    }

    // The test holds the other end of the standard input; when it dies, so does this.
    private static Task UntilOrphanedAsync(Task completion) => Task.WhenAny(completion, Task.Run(Console.In.ReadToEnd));

    private sealed class Answering : IBusPeerHandler, IBusClientHandler
    {
        public void Received(BusPeer peer, BusMessage message)
        {
            if (message.Kind == BusMessageKind.Request)
            {
                peer.Reply(message, message.Payload.ToArray());
            }
            else
            {
                peer.Send(message.Payload.ToArray());
            }
        }

        public void Received(ComponentBusClient client, BusMessage message)
        {
            if (message.Kind == BusMessageKind.Request)
            {
                client.Reply(message, message.Payload.ToArray());
            }
            else
            {
                client.Send(message.Payload.ToArray());
            }
        }

        public void Ready(BusPeer peer, BusReady ready)
        {
        }

        public void Away(BusPeer peer, string reason)
        {
        }

        public void Gone(BusPeer peer, string reason)
        {
        }
    }
}
