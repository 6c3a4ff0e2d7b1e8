using System.Net.Security;

namespace Iarnet.Rpc;

/// <summary>How a server behaves. Read once, when it starts.</summary>
public sealed class RpcServerOptions
{
    /// <summary>The largest message that is taken, in bytes. 4 MiB by default, as in all of gRPC.</summary>
    public int MaxReceiveMessageSize { get; set; } = 4 << 20;

    /// <summary>The largest message that is sent, in bytes. Without limit by default.</summary>
    public int MaxSendMessageSize { get; set; } = int.MaxValue;

    /// <summary>How many calls one connection may have open. 1,000 by default.</summary>
    public int MaxCallsPerConnection { get; set; } = 1_000;

    /// <summary>How many connections may be open. 10,000 by default.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>After how much silence a connection is asked for a sign of life. 30 seconds by default; infinite for never.</summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long that sign may take before the connection is closed. 20 seconds by default.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long running calls go on undisturbed when the server stops. 1 second by default.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long calls may take to end after that, once their tokens were cancelled; then they are cut off. 5 seconds by default.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Who may open the files of Unix sockets. Only the user of the server by default. Without effect on Windows.</summary>
    public UnixFileMode SocketFileMode { get; set; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether the text of an exception in a handler goes to the client. False by default: it may say too much.</summary>
    public bool IncludeExceptionDetails { get; set; }

    /// <summary>Whether the server may listen beyond this machine without TLS. False by default.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>For https: the server's certificate and what it asks of clients. Null, the default, when no address is https.</summary>
    public SslServerAuthenticationOptions? Tls { get; set; }

    /// <summary>The clock of deadlines. The system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
