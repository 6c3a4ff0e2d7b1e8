using System.Net.Security;

namespace Iarnet.Rpc;

/// <summary>How a channel behaves. Read once, when the channel is made.</summary>
public sealed class RpcChannelOptions
{
    /// <summary>The largest message that is taken, in bytes. 4 MiB by default, as in all of gRPC.</summary>
    public int MaxReceiveMessageSize { get; set; } = 4 << 20;

    /// <summary>The largest message that is sent, in bytes. Without limit by default.</summary>
    public int MaxSendMessageSize { get; set; } = int.MaxValue;

    /// <summary>How long making a connection may take. 10 seconds by default.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how much silence a ping is sent while calls are open. 30 seconds by default; infinite for never.</summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the answer to a ping may take before the connection is given up. 20 seconds by default.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How many bytes a stream may bring before they are read. 1 MiB by default; at most 16 MiB.</summary>
    public int StreamWindow { get; set; } = 1 << 20;

    /// <summary>For https: who the client is, and whom it trusts. Null, the default, for the system's own trust.</summary>
    public SslClientAuthenticationOptions? Tls { get; set; }

    /// <summary>The clock of deadlines. The system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
