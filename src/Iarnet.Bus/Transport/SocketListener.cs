using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Iarnet.Bus.Transport;

internal sealed class SocketListener : ITransportListener
{
    private readonly Socket _socket;
    private readonly string? _file;

    public SocketListener(Socket socket, BusEndpoint endpoint)
    {
        _socket = socket;
        if (endpoint.IsTcp)
        {
            var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            var text = endpoint.ToString();
            Endpoint = string.Create(CultureInfo.InvariantCulture, $"{text[..(text.LastIndexOf(':') + 1)]}{port}");
        }
        else
        {
            Endpoint = endpoint.ToString();
            _file = endpoint.IsAbstract ? null : endpoint.Path;
        }
    }

    public string Endpoint { get; }

    public async ValueTask<ITransportLink> AcceptAsync(CancellationToken cancellationToken)
    {
        var socket = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
        return new SocketLink(socket, Endpoint);
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (_file is not null)
        {
            try
            {
                File.Delete(_file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The folder went first: nothing is left to remove.
            }
        }
    }
}
