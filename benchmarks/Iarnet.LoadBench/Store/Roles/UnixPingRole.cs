using System.Diagnostics;
using System.Net.Sockets;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Times round trips to <see cref="UnixEchoRole"/>.</summary>
internal sealed class UnixPingRole(string path) : IRole
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public Task<string> StartAsync()
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        return Task.FromResult("");
    }

    public Task<double> DoAsync(string verb, Words words) => verb == "trips"
        ? Slices.ShortestAsync(words.Number(), count => Task.FromResult(RoundTrips(count)))
        : throw new ArgumentException($"'{verb}' is no command");

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private double RoundTrips(int count)
    {
        var request = new byte[UnixEchoRole.RequestBytes];
        var answer = new byte[UnixEchoRole.AnswerBytes];
        var trips = new Trips(count);
        for (var i = 0; i < count; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            _socket.SendAll(request);
            if (!_socket.ReceiveAll(answer))
            {
                throw new EndOfStreamException("the other end closed");
            }

            trips.Add(sent);
        }

        return trips.Median();
    }
}
