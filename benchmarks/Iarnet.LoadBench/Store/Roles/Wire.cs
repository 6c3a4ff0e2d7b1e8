using System.Net.Sockets;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Blocking sockets, whole messages.</summary>
internal static class Wire
{
    public static void SendAll(this Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>False when the other end closed before the first byte.</summary>
    public static bool ReceiveAll(this Socket socket, Span<byte> bytes)
    {
        for (var have = 0; have < bytes.Length;)
        {
            var received = socket.Receive(bytes[have..]);
            if (received == 0)
            {
                return have == 0 ? false : throw new EndOfStreamException($"the other end closed after {have} of {bytes.Length} bytes");
            }

            have += received;
        }

        return true;
    }

    /// <summary>Serves every connection on a thread of its own until the listener is closed.</summary>
    public static void Serve(this Socket listener, Action<Socket> serve) => new Thread(() =>
    {
        try
        {
            while (true)
            {
                var connection = listener.Accept();
                new Thread(() => ServeOne(connection, serve)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Closed.
        }
    })
    { IsBackground = true }.Start();

    private static void ServeOne(Socket connection, Action<Socket> serve)
    {
        using (connection)
        {
            try
            {
                serve(connection);
            }
            catch (Exception error) when (error is SocketException or EndOfStreamException)
            {
                Console.Error.WriteLine(error.Message);
            }
        }
    }
}
