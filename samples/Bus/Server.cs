using System.Text;
using Iarnet;
using Iarnet.Bus;

namespace BusSample;

/// <summary>Answers every request with its text in capitals, to whoever sent it.</summary>
internal static class Server
{
    /// <summary>Runs until it is stopped.</summary>
    /// <param name="options">Where to listen, and whether with CURVE.</param>
    /// <param name="stop">Ends the server in order.</param>
    /// <param name="listening">Told the endpoint, and with CURVE the public key of the server.</param>
    public static async Task RunAsync(Options options, CancellationToken stop, Action<string, string?>? listening = null)
    {
        using var keys = options.Curve ? CurveKeyPair.Generate() : null;
        var settings = new BusSocketOptions();
        if (keys is not null)
        {
            // Lets in every client that owns the key it shows. BusSocketOptions.Authenticator = new CurveAuthenticator(...) lets in known keys only.
            settings.Security = BusSecurity.CurveServer(keys);
        }

        await using var router = new RouterSocket(settings);
        router.Happened += Tell;
        var endpoint = router.Bind(options.Endpoint);
        Console.WriteLine($"server: listens on {endpoint}");
        if (keys is not null)
        {
            Console.WriteLine($"server: clients need --curve '{keys.PublicKey}'");
        }

        listening?.Invoke(endpoint, keys?.PublicKey.ToString());
        try
        {
            await AnswerAsync(router, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What has been answered still leaves: disposing the socket waits for it, for at most its linger.
            Console.WriteLine("server: ends");
        }
    }

    private static async Task AnswerAsync(RouterSocket router, CancellationToken stop)
    {
        var answers = new SendBatch();
        while (true)
        {
            // The requests of one client that arrived together: one under light load, hundreds under heavy load.
            using var requests = await router.ReceiveBatchAsync(stop);
            foreach (var request in requests)
            {
                answers.Add(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(request.Body.Span).ToUpperInvariant()));
            }

            try
            {
                await router.SendAsync(requests.Peer!, answers, stop);
            }
            catch (PeerUnknownException)
            {
                Console.WriteLine($"server: {requests.Peer} left before its answers");
                answers.Clear();
            }
        }
    }

    private static void Tell(SocketEvent happened)
    {
        switch (happened)
        {
            case PeerConnected { Principal: null } connected:
                Console.WriteLine($"server: {connected.Peer} connected");
                break;
            case PeerConnected connected:
                Console.WriteLine($"server: {connected.Peer} connected, as {connected.Principal}");
                break;
            case PeerDisconnected left:
                Console.WriteLine($"server: {left.Peer} left: {left.Reason}; {left.UnsentMessages} messages for it were dropped");
                break;
            case HandshakeFailed failed:
                Console.WriteLine($"server: refused a connection: {failed.Reason}");
                break;
        }
    }
}
