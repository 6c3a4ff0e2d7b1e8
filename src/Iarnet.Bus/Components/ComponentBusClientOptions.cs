namespace Iarnet.Bus;

/// <summary>What a component's end of the bus is made of. Read once, when the client is created.</summary>
public sealed class ComponentBusClientOptions
{
    /// <summary>Where the engine listens, as <see cref="ComponentBus.Endpoints"/> gives it. Required.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Who the component is. Required.</summary>
    public ComponentId ComponentId { get; set; }

    /// <summary>The language of the functions that it runs. Default: "dotnet".</summary>
    public string Language { get; set; } = "dotnet";

    /// <summary>The runtime's version text, for people. Default: that of this runtime.</summary>
    public string RuntimeVersion { get; set; } = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription;

    /// <summary>How long to try to reach the engine, at first and after each loss, before giving up. Default: 30 seconds.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The first wait before connecting again; it doubles, with a random part. Default: 50 milliseconds.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before connecting again. Default: 2 seconds.</summary>
    public TimeSpan ReconnectDelayLimit { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Most messages kept: waiting, or sent and not acknowledged. Default: 65,536.</summary>
    public int PendingMessages { get; set; } = 65_536;

    /// <summary>Most bytes kept, as <see cref="PendingMessages"/>. One message is always let in when nothing is kept. Default: 128 MiB.</summary>
    public long PendingBytes { get; set; } = 128L << 20;

    /// <summary>The largest payload of a message, either way. Default: 64 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 64 << 20;

    /// <summary>How often the engine is pinged, which also measures <see cref="ComponentBusClient.LinkLatency"/>. Default: 1 second.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which the connection counts as lost. Default: 10 seconds.</summary>
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time in which the engine must have answered a connection, protocol and readiness each. Default: 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time that disposing waits for the last messages to leave. Default: 1 second.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(1);
}
