namespace Iarnet.Bus.Tests.Faults;

/// <summary>A socket on a pumped loop that looks at every byte it is given, and one honest peer of it.</summary>
internal sealed class FuzzedSocket : IAsyncDisposable
{
    private readonly FedTransport _transport;
    private readonly ErrorLog _log = new();
    private readonly RouterSocket? _router;
    private readonly DealerSocket? _dealer;
    private readonly FedLink _honest;
    private readonly long _faults = Io.Faults.Count;
    private readonly Func<byte[]> _hello;
    private int _connected;

    /// <param name="kind">ROUTER or DEALER.</param>
    /// <param name="security">Of the socket.</param>
    /// <param name="shake">Takes the honest peer through its handshake, and returns how it says hello from then on.</param>
    public FuzzedSocket(string kind, BusSecurity security, Func<FedLink, Func<byte[]>> shake)
    {
        var loop = new PumpedLoop();
        _transport = new FedTransport(loop);
        var options = new BusSocketOptions
        {
            MaxMessageBytes = 100_000,
            MaxFrames = 64,
            Security = security,
            Authenticator = security is { Mechanism: "PLAIN", IsServer: true } ? new PlainAuthenticator(new Dictionary<string, string> { ["user"] = "password" }) : null,
            Linger = TimeSpan.FromMilliseconds(100),
        };
        var clock = new StoppedClock();
        if (kind == "ROUTER")
        {
            _router = new RouterSocket(options, _transport, clock, _log);
            _router.Handle((_, batch) => Look(batch));
            _router.Happened += Count;
            _router.Bind("inproc://fuzzed");
        }
        else
        {
            _dealer = new DealerSocket(options, _transport, clock, _log);
            _dealer.Handle((_, batch) => Look(batch));
            _dealer.Happened += Count;
            _dealer.Bind("inproc://fuzzed");
        }

        _honest = _transport.Connect(keepSent: true);
        _hello = shake(_honest);
    }

    /// <summary>Messages that came through.</summary>
    public long Messages { get; private set; }

    /// <summary>Bytes of their frames, all of which were read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Handshakes that were done.</summary>
    public long Joined { get; private set; }

    /// <summary>Handshakes that were not.</summary>
    public long Refused { get; private set; }

    public FedLink Connect(bool keepSent = false) => _transport.Connect(keepSent);

    /// <summary>Nothing of the socket failed, nobody is left behind, and the honest peer is heard.</summary>
    public void Check(string seed)
    {
        Assert.True(_log.Errors.IsEmpty, $"{seed}: {string.Join('\n', _log.Errors)}");
        Assert.True(Io.Faults.Count == _faults, $"{seed}: {Io.Faults.Count - _faults} faults reached the loop");
        Assert.True(_connected == 1, $"{seed}: {_connected} peers are connected, 1 is expected");
        var before = Messages;
        var hello = _hello();
        _honest.Feed(hello, 0, hello.Length);
        Assert.True(!_honest.IsClosed && Messages == before + 1, $"{seed}: the honest peer is not heard");
    }

    public async ValueTask DisposeAsync()
    {
        _honest.End();
        await using var router = _router;
        await using var dealer = _dealer;
    }

    private void Look(ReceivedBatch batch)
    {
        var sum = 0;
        foreach (var message in batch)
        {
            Messages++;
            for (var i = 0; i < message.FrameCount; i++)
            {
                Bytes += message[i].Length;
                foreach (var one in message[i].Span)
                {
                    sum += one;
                }
            }
        }

        GC.KeepAlive(sum);
    }

    private void Count(SocketEvent happened)
    {
        switch (happened)
        {
            case PeerConnected:
                _connected++;
                Joined++;
                break;
            case PeerDisconnected:
                _connected--;
                break;
            case HandshakeFailed:
                Refused++;
                break;
            default:
                break;
        }
    }
}
