using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Iarnet.Rpc.Harness;

internal sealed class GrpcioPeer : IEchoPeer
{
    private readonly TestFolder _folder = new();
    private X509Certificate2? _certificate;
    private PythonPeer? _process;
    private string _address = "";

    public static async Task<IEchoPeer> StartAsync(Transport transport)
    {
        var peer = new GrpcioPeer();
        string[] arguments = transport == Transport.Unix ? ["unix:" + peer._folder.File("s")] : ["127.0.0.1:0"];
        if (transport == Transport.Tls)
        {
            arguments = [.. arguments, .. await peer.MakeKeyAsync()];
        }

        peer._process = await PythonPeer.StartAsync("echo_service.py", arguments);
        var ready = await peer._process.ReadLineAsync("the start of the grpcio server");
        var port = int.Parse(ready["ready ".Length..], CultureInfo.InvariantCulture);
        peer._address = transport switch
        {
            Transport.Unix => "unix://" + peer._folder.File("s"),
            Transport.Tls => $"https://127.0.0.1:{port}",
            _ => $"http://127.0.0.1:{port}",
        };
        return peer;
    }

    public RpcChannel Connect(TimeProvider? time = null)
    {
        var options = new RpcChannelOptions { MaxReceiveMessageSize = 8 << 20, TimeProvider = time ?? TimeProvider.System };
        if (_certificate is not null)
        {
            options.Tls = new SslClientAuthenticationOptions { CertificateChainPolicy = Certificates.Trusting(_certificate) };
        }

        return RpcChannel.ForAddress(_address, options);
    }

    public async Task CancelledAsync() => Assert.Equal("cancelled", await _process!.ReadLineAsync("the cancellation in the handler"));

    public async ValueTask DisposeAsync()
    {
        await _process!.DisposeAsync();
        _certificate?.Dispose();
        _folder.Dispose();
    }

    private async Task<string[]> MakeKeyAsync()
    {
        _certificate = Certificates.Make("rpc test");
        using var key = _certificate.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(_folder.File("key"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(_folder.File("chain"), _certificate.ExportCertificatePem());
        return [_folder.File("key"), _folder.File("chain")];
    }
}
