using System.Diagnostics;
using System.Text;
using Iarnet.Bus;

namespace BusSample;

/// <summary>Asks one question, then a hundred thousand in batches, and checks every answer.</summary>
internal static class Client
{
    private const int Rounds = 100;
    private const int PerRound = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Options options, CancellationToken stop)
    {
        using var keys = options.ServerKey is null ? null : CurveKeyPair.Generate();
        var settings = new BusSocketOptions { Identity = new PeerIdentity(options.Name) };
        if (keys is not null)
        {
            settings.Security = BusSecurity.CurveClient(keys, CurveKey.Parse(options.ServerKey!));
        }

        await using var dealer = new DealerSocket(settings);
        // Also while the server is not there yet: what is sent waits for the connection.
        dealer.Connect(options.Endpoint);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            await AskOnceAsync(dealer, options.Name, limit.Token);
            await AskManyAsync(dealer, options.Name, limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"{options.Name}: the server at {options.Endpoint} did not answer within {Patience.TotalSeconds} s. Does it run, with the same --curve?");
        }
    }

    private static async Task AskOnceAsync(DealerSocket dealer, string name, CancellationToken stop)
    {
        await dealer.SendAsync(Encoding.UTF8.GetBytes($"hello from {name}"), stop);
        // The answer lies in the memory that it was received into; disposing it gives that back.
        using var answer = await dealer.ReceiveAsync(stop);
        Console.WriteLine($"{name}: the server says '{Encoding.UTF8.GetString(answer.Body.Span)}'");
    }

    private static async Task AskManyAsync(DealerSocket dealer, string name, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var requests = new SendBatch();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < PerRound; i++)
            {
                requests.Add(Encoding.UTF8.GetBytes($"question {i}"));
            }

            // The batch is empty afterwards, and is filled anew.
            await dealer.SendAsync(requests, stop);
            for (var next = 0; next < PerRound;)
            {
                using var answers = await dealer.ReceiveBatchAsync(stop);
                foreach (var answer in answers)
                {
                    Check(answer, $"QUESTION {next++}");
                }
            }
        }

        Console.WriteLine($"{name}: {Rounds * PerRound:N0} questions in batches of {PerRound:N0} took {watch.Elapsed.TotalSeconds:0.00} s, and every answer was right");
    }

    private static void Check(in ReceivedMessage answer, string expected)
    {
        var text = Encoding.UTF8.GetString(answer.Body.Span);
        if (text != expected)
        {
            throw new IOException($"the server answered '{text}' where '{expected}' was expected");
        }
    }
}
