using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Takes bytes from <see cref="TcpSourceRole"/> over one connection, always into the same memory.</summary>
internal sealed class TcpSinkRole(int port) : IRole
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private byte[] _bytes = [];

    public Task<string> StartAsync()
    {
        _socket.NoDelay = true;
        _socket.Connect(IPAddress.Loopback, port);
        return Task.FromResult("");
    }

    public Task<double> DoAsync(string verb, Words words) => Task.FromResult(verb == "fetch"
        ? Fetch(words.Number(), words.Number())
        : throw new ArgumentException($"'{verb}' is no command"));

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private double Fetch(int size, int count)
    {
        _bytes = _bytes.Length == size ? _bytes : Buffers.Touched(size);
        Span<byte> request = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(request, size);
        var lap = new Lap();
        lap.Start();
        for (var i = 0; i < count; i++)
        {
            _socket.SendAll(request);
            if (!_socket.ReceiveAll(_bytes))
            {
                throw new EndOfStreamException("the source closed");
            }
        }

        lap.Stop();
        return (double)size * count / lap.Seconds / 1e9;
    }
}
