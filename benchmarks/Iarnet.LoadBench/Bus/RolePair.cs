using Iarnet.LoadBench.Harness;

namespace Iarnet.LoadBench.Bus;

/// <summary>Runs the two roles of a workload, each in a process of its own that ends with it.</summary>
internal sealed class RolePair(string folder, TimeSpan patience)
{
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(2);
    private int _number;

    public async Task<Outcome> RunAsync(Workload workload, Side side)
    {
        // Both start at once: the one that connects waits for the endpoint.
        var endpoint = workload.Transport == "tcp" ? "tcp://127.0.0.1:0" : $"ipc://{Path.Combine(folder, $"{++_number}")}";
        var router = Start(side.Router, workload.Router, endpoint, workload);
        var dealer = Start(side.Dealer, workload.Dealer, "-", workload);
        try
        {
            var ready = await router.ReadAsync();
            await dealer.TellAsync($"{ready.GetProperty("endpoint").GetString()} {ready.GetProperty("key").GetString()}");

            // A role stays until it is told to end: one that is gone has failed, and the other would wait for it in vain.
            var lines = Task.WhenAll(router.ReadAsync(), dealer.ReadAsync());
            using var over = new CancellationTokenSource();
            await await Task.WhenAny(lines, router.WatchAsync(over.Token), dealer.WatchAsync(over.Token));
            await over.CancelAsync();
            var results = await lines;
            return new Outcome(workload, results[0], results[1]);
        }
        finally
        {
            await Task.WhenAll(router.EndAsync(TimeToEnd).AsTask(), dealer.EndAsync(TimeToEnd).AsTask());
        }
    }

    private PeerProcess Start(Player player, string role, string endpoint, Workload workload) =>
        PeerProcess.Start(player.File, player.Arguments(role, endpoint, workload), $"{player.Name} as {role}", patience);
}
