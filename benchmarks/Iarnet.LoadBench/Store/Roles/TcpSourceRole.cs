using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Sends as many bytes as it is asked for over TCP, always from the same memory.</summary>
internal sealed class TcpSourceRole(int size) : IRole
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _bytes = Buffers.Touched(size);

    public Task<string> StartAsync()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _listener.Serve(connection =>
        {
            connection.NoDelay = true;
            Span<byte> request = stackalloc byte[4];
            while (connection.ReceiveAll(request))
            {
                connection.SendAll(_bytes.AsSpan(0, BinaryPrimitives.ReadInt32LittleEndian(request)));
            }
        });
        return Task.FromResult(((IPEndPoint)_listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture));
    }

    public Task<double> DoAsync(string verb, Words words) => throw new ArgumentException($"'{verb}' is no command");

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }
}
