using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>A link of a chain: receives into its memory and forwards while it receives. The first one sends what it has.</summary>
internal sealed class TcpChainRole(int size, int chunk) : IRole
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _bytes = Buffers.Touched(size);
    private Socket? _before;
    private Socket? _next;

    public Task<string> StartAsync()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        return Task.FromResult(((IPEndPoint)_listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture));
    }

    public Task<double> DoAsync(string verb, Words words)
    {
        switch (verb)
        {
            case "next":
                _next = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                _next.Connect(IPAddress.Loopback, words.Number());
                return Task.FromResult(0d);
            case "send":
                // The clock is that of the machine: times of several processes can be compared.
                var start = Stopwatch.GetTimestamp();
                _next!.SendAll(_bytes);
                return Task.FromResult(Seconds(start));
            case "receive":
                Receive();
                return Task.FromResult(Seconds(Stopwatch.GetTimestamp()));
            default:
                throw new ArgumentException($"'{verb}' is no command");
        }
    }

    public ValueTask DisposeAsync()
    {
        _next?.Dispose();
        _before?.Dispose();
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private static double Seconds(long timestamp) => Stopwatch.GetElapsedTime(0, timestamp).TotalSeconds;

    private void Receive()
    {
        _before ??= _listener.Accept();
        for (var have = 0; have < _bytes.Length;)
        {
            var received = _before.Receive(_bytes.AsSpan(have, Math.Min(chunk, _bytes.Length - have)));
            if (received == 0)
            {
                throw new EndOfStreamException($"the link before closed after {have} bytes");
            }

            _next?.SendAll(_bytes.AsSpan(have, received));
            have += received;
        }
    }
}
