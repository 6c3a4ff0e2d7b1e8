using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Iarnet.Rpc.Harness;
using Iarnet.Rpc.Testing;

namespace Iarnet.Rpc.Server;

public sealed class TlsTests
{
    [Fact]
    public async Task A_server_that_is_not_trusted_is_not_called()
    {
        await using var server = await EchoServer.StartAsync(Transport.Tls);
        await using var channel = RpcChannel.ForAddress(server.Address);
        var error = await Assert.ThrowsAsync<RpcException>(() => new Echo.EchoClient(channel).UnaryAsync(new EchoRequest()).ResponseAsync.Within("the refusal"));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public async Task A_server_may_ask_for_the_certificate_of_its_client()
    {
        using var serverCertificate = Certificates.Make("server");
        using var known = Certificates.Make("known");
        using var stranger = Certificates.Make("stranger");
        await using var server = new RpcServer(new RpcServerOptions
        {
            Tls = new SslServerAuthenticationOptions
            {
                ServerCertificate = serverCertificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == known.GetCertHashString(),
            },
        }).AddService(Echo.BindService(new EchoService())).Listen("https://127.0.0.1:0");
        await server.StartAsync().Within("the start");

        Assert.Equal("known", (await CallAsync(known)).Text);
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(stranger));
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(null));

        async Task<EchoReply> CallAsync(X509Certificate2? own)
        {
            await using var channel = RpcChannel.ForAddress(server.Addresses[0], new RpcChannelOptions
            {
                Tls = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = Certificates.Trusting(serverCertificate),
                    ClientCertificates = own is null ? [] : [own],
                },
            });
            return await new Echo.EchoClient(channel).UnaryAsync(new EchoRequest { Text = "known" }).ResponseAsync.Within("the call");
        }
    }

    [Fact]
    public async Task An_https_address_needs_a_certificate()
    {
        await using var server = new RpcServer();
        Assert.Throws<InvalidOperationException>(() => server.Listen("https://127.0.0.1:0"));
    }
}
