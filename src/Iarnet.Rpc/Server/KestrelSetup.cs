using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Iarnet.Rpc;

/// <summary>What Kestrel must be told for long streams and hostile peers.</summary>
internal static class KestrelSetup
{
    private const int ConnectionWindow = 4 << 20;
    private const int StreamWindow = 2 << 20;
    private const int ResponseBuffer = 1 << 20;

    public static void Apply(KestrelServerOptions kestrel, RpcServerOptions options, IEnumerable<RpcAddress> addresses)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;

        // A stream may be silent or endless: the message limit bounds memory, keep-alive finds the dead.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxResponseBufferSize = ResponseBuffer;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.Http2.MaxStreamsPerConnection = options.MaxCallsPerConnection;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        limits.Http2.InitialStreamWindowSize = StreamWindow;
        limits.Http2.KeepAlivePingDelay = options.KeepAlivePingDelay == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : options.KeepAlivePingDelay;
        limits.Http2.KeepAlivePingTimeout = options.KeepAlivePingTimeout;
        foreach (var address in addresses)
        {
            Listen(kestrel, options, address);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, RpcServerOptions options, RpcAddress address)
    {
        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http2;
            if (address.IsTls)
            {
                listen.UseHttps((_, _, _, _) => ValueTask.FromResult(options.Tls!), state: null!);
            }
        }

        if (address.SocketPath is { } path)
        {
            kestrel.ListenUnixSocket(path, Configure);
        }
        else if (address.Uri.Host is "localhost")
        {
            kestrel.Listen(IPAddress.Loopback, address.Uri.Port, Configure);
        }
        else if (IPAddress.TryParse(address.Uri.Host.Trim('[', ']'), out var ip))
        {
            kestrel.Listen(ip, address.Uri.Port, Configure);
        }
        else
        {
            throw new InvalidOperationException($"'{address.Uri}' does not say on which address to listen: expected an IP address or localhost.");
        }
    }
}
