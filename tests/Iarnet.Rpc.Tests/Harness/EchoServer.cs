using System.Net.Security;

namespace Iarnet.Rpc.Harness;

/// <summary>EchoService on a server of ours, over one of the transports.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly TestFolder _folder = new();

    private EchoServer(Transport transport, RpcServerOptions options)
    {
        if (transport == Transport.Tls)
        {
            Certificate = Certificates.Make("rpc test");
            options.Tls = new SslServerAuthenticationOptions { ServerCertificate = Certificate };
        }

        Server = new RpcServer(options).AddService(EchoService.BindServed(Service)).Listen(transport switch
        {
            Transport.Tcp => "http://127.0.0.1:0",
            Transport.Tls => "https://127.0.0.1:0",
            _ => "unix://" + _folder.File("s"),
        });
    }

    public EchoService Service { get; } = new();

    public RpcServer Server { get; }

    public System.Security.Cryptography.X509Certificates.X509Certificate2? Certificate { get; }

    public string Address => Server.Addresses[0];

    /// <summary>The address as grpcio writes it.</summary>
    public string PythonAddress => Address.StartsWith("unix://", StringComparison.Ordinal) ? "unix:" + Address["unix://".Length..] : new Uri(Address).Authority;

    public static async Task<EchoServer> StartAsync(Transport transport = Transport.Tcp, RpcServerOptions? options = null)
    {
        var server = new EchoServer(transport, options ?? new RpcServerOptions());
        await server.Server.StartAsync().Within("the start of the server");
        return server;
    }

    public RpcChannel Connect(RpcChannelOptions? options = null)
    {
        options ??= new RpcChannelOptions();
        if (Certificate is not null)
        {
            options.Tls = new SslClientAuthenticationOptions { CertificateChainPolicy = Certificates.Trusting(Certificate) };
        }

        return RpcChannel.ForAddress(Address, options);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().AsTask().Within("the stop of the server");
        Certificate?.Dispose();
        _folder.Dispose();
    }
}
