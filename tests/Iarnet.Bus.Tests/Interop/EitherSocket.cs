namespace Iarnet.Bus.Tests.Interop;

/// <summary>A ROUTER or a DEALER of ours, for what holds for both, with its events.</summary>
internal sealed class EitherSocket : IAsyncDisposable
{
    private readonly RouterSocket? _router;
    private readonly DealerSocket? _dealer;

    public EitherSocket(string kind, BusSocketOptions? options = null)
    {
        if (kind == "ROUTER")
        {
            _router = new RouterSocket(options);
            _router.Happened += Events.Add;
        }
        else
        {
            _dealer = new DealerSocket(options);
            _dealer.Happened += Events.Add;
        }
    }

    public EventLog<SocketEvent> Events { get; } = new();

    public string Bind(string endpoint) => _router?.Bind(endpoint) ?? _dealer!.Bind(endpoint);

    public void Connect(string endpoint)
    {
        _router?.Connect(endpoint);
        _dealer?.Connect(endpoint);
    }

    public ValueTask DisposeAsync() => _router?.DisposeAsync() ?? _dealer!.DisposeAsync();
}
