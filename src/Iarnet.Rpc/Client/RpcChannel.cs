using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Iarnet.Rpc;

/// <summary>
/// A way to a server. Thread-safe; connects when first used and again when the connection broke. Calls share connections.
/// </summary>
public sealed class RpcChannel : ChannelBase, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Uri> _uris = new(StringComparer.Ordinal);

    private RpcChannel(string target, RpcAddress address, RpcChannelOptions options)
        : base(target)
    {
        Options = options;
        Address = address;
        Invoker = new HttpMessageInvoker(CreateHandler(address, options), disposeHandler: true);
    }

    internal RpcChannelOptions Options { get; }

    internal RpcAddress Address { get; }

    internal HttpMessageInvoker Invoker { get; }

    /// <summary>Parsing an address costs more than finding one again.</summary>
    internal Uri UriOf(string method) => _uris.GetOrAdd(method, static (path, root) => new Uri(root, path), Address.Uri);

    /// <summary>Makes a channel to "http://host:port", "https://host:port" or "unix:///path".</summary>
    /// <exception cref="ArgumentException">The address has none of these forms.</exception>
    public static RpcChannel ForAddress(string address, RpcChannelOptions? options = null) =>
        new(address, RpcAddress.Parse(address), options ?? new RpcChannelOptions());

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Closes the connections; calls that still run end with <see cref="StatusCode.Unavailable"/> or <see cref="StatusCode.Cancelled"/>.</summary>
    public ValueTask DisposeAsync()
    {
        Invoker.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SocketsHttpHandler CreateHandler(RpcAddress address, RpcChannelOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            InitialHttp2StreamWindowSize = Math.Clamp(options.StreamWindow, 65_535, 16 << 20),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        };
        if (options.Tls is not null)
        {
            handler.SslOptions = options.Tls;
        }

        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        return handler;
    }
}
