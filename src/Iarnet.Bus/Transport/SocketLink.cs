using System.Net.Sockets;

namespace Iarnet.Bus.Transport;

internal sealed class SocketLink : ITransportLink
{
    private readonly Socket _socket;

    public SocketLink(Socket socket, string endpoint)
    {
        _socket = socket;
        // A sender on its own thread tries the kernel first and must never wait there.
        socket.Blocking = false;
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            Remote = endpoint;
        }
        else
        {
            socket.NoDelay = true;
            Remote = $"tcp://{socket.RemoteEndPoint}";
        }
    }

    public string Remote { get; }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => _socket.ReceiveAsync(buffer, SocketFlags.None);

    public int TrySend(List<ArraySegment<byte>> segments)
    {
        SocketError error;
        var sent = segments.Count == 1
            ? _socket.Send(segments[0], SocketFlags.None, out error)
            : _socket.Send(segments, SocketFlags.None, out error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock or SocketError.IOPending => sent > 0 ? sent : -1,
            _ => throw new SocketException((int)error),
        };
    }

    public ValueTask<int> SendAsync(List<ArraySegment<byte>> segments) =>
        segments.Count == 1
            ? _socket.SendAsync((ReadOnlyMemory<byte>)segments[0], SocketFlags.None)
            : new ValueTask<int>(_socket.SendAsync(segments, SocketFlags.None));

    public void CloseSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end was faster.
        }
    }

    public void Abort() => _socket.Dispose();
}
