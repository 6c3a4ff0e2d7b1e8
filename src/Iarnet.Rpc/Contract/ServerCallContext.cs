namespace Iarnet.Rpc;

/// <summary>A call as its handler sees it.</summary>
public abstract class ServerCallContext
{
    /// <summary>The path: "/package.Service/Method".</summary>
    public abstract string Method { get; }

    /// <summary>The name by which the client called the server.</summary>
    public abstract string Host { get; }

    /// <summary>Where the client is, for people: "ipv4:127.0.0.1:5000" or "unix:".</summary>
    public abstract string Peer { get; }

    /// <summary>When the client stops waiting, in UTC; <see cref="DateTime.MaxValue"/> for never.</summary>
    public abstract DateTime Deadline { get; }

    /// <summary>What the client sent before its first message.</summary>
    public abstract Metadata RequestHeaders { get; }

    /// <summary>What will be sent after the last message.</summary>
    public abstract Metadata ResponseTrailers { get; }

    /// <summary>How the call will end when the handler returns. OK by default.</summary>
    public abstract Status Status { get; set; }

    /// <summary>Cancelled when the client gave up, its deadline passed, its connection broke or the server stops.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>Sends headers before the first message.</summary>
    /// <exception cref="InvalidOperationException">They were sent already.</exception>
    public abstract Task WriteResponseHeadersAsync(Metadata responseHeaders);
}
