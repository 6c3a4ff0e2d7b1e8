namespace Iarnet.Providers.Tests;

/// <summary>
/// A host of components in a process of its own, so that a test can kill it: <c>dotnet exec</c> of this assembly. It deploys two components that
/// do nothing but read their lifeline, writes their process ids, and waits to be killed.
/// </summary>
internal static class LifelineHost
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["lifeline-host"])
        {
            await Console.Error.WriteLineAsync("Run the tests with 'dotnet test'.");
            return 2;
        }

        var options = new ProcessProviderOptions();
        options.Runtimes["reader"] = new ProcessRuntime("cat");
        await using var provider = new ProcessProvider(options);
        await provider.ConnectAsync();
        await using var events = new EventLog(provider);
        foreach (var name in new[] { "first", "second" })
        {
            var id = new ComponentId(name);
            await provider.DeployAsync(new ComponentSpec(id, "reader"));
            Console.WriteLine((await events.Started(id)).ProcessId);
        }

        Console.WriteLine("ready");
        await Task.Delay(TimeSpan.FromMinutes(5));
        return 3;
    }
}
