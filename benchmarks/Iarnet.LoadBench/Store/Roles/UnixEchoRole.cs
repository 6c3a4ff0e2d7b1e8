using System.Net.Sockets;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Answers a request of 64 bytes with 32, over a Unix socket, with calls that block: the least that two processes can exchange.</summary>
internal sealed class UnixEchoRole(string path) : IRole
{
    public const int RequestBytes = 64;
    public const int AnswerBytes = 32;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public Task<string> StartAsync()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _listener.Serve(connection =>
        {
            var request = new byte[RequestBytes];
            var answer = new byte[AnswerBytes];
            while (connection.ReceiveAll(request))
            {
                connection.SendAll(answer);
            }
        });
        return Task.FromResult(path);
    }

    public Task<double> DoAsync(string verb, Words words) => throw new ArgumentException($"'{verb}' is no command");

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }
}
