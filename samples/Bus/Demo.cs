using System.Diagnostics;

namespace BusSample;

/// <summary>The server in this process, and two clients in processes of their own that speak to it over a Unix socket.</summary>
internal static class Demo
{
    private static readonly string[] Names = ["ada", "grace"];

    public static async Task<int> RunAsync(Options options, CancellationToken stop)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var listening = new TaskCompletionSource<(string Endpoint, string? Key)>();
        var server = Server.RunAsync(options, done.Token, (endpoint, key) => listening.SetResult((endpoint, key)));
        await Task.WhenAny(listening.Task, server);
        if (server.IsFaulted)
        {
            await server;
        }

        var (endpoint, key) = await listening.Task;
        var clients = Array.ConvertAll(Names, name => Start(["client", endpoint, "--name", name, .. key is null ? [] : new[] { "--curve", key }]));
        try
        {
            // Without a token: Ctrl-C reaches the clients too, and their patience has an end.
            await Task.WhenAll(clients.Select(client => client.WaitForExitAsync(CancellationToken.None)));
            var failed = clients.Count(client => client.ExitCode != 0);
            stop.ThrowIfCancellationRequested();
            Console.WriteLine(failed == 0 ? "both clients are content" : $"{failed} of {clients.Length} clients failed");
            return failed == 0 ? 0 : 1;
        }
        finally
        {
            await done.CancelAsync();
            await server;
            Array.ForEach(clients, client => client.Dispose());
        }
    }

    /// <summary>Starts this program once more, whether it runs by its own name or through dotnet.</summary>
    private static Process Start(string[] arguments)
    {
        var program = Environment.ProcessPath!;
        return Process.Start(program, Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments);
    }
}
