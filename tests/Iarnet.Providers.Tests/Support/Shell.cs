using Iarnet.Resources;

namespace Iarnet.Providers.Tests;

/// <summary>A process provider whose runtimes are shell scripts, and the lines that they write.</summary>
internal sealed class Shell : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ComponentOutput> _lines = [];

    public Shell(string script, Action<ProcessProviderOptions>? configure = null, GpuDevices? devices = null)
        : this(new Dictionary<string, string> { ["main"] = script }, configure, devices)
    {
    }

    public Shell(IReadOnlyDictionary<string, string> scripts, Action<ProcessProviderOptions>? configure = null, GpuDevices? devices = null)
    {
        var options = new ProcessProviderOptions
        {
            Capacity = new ResourceAmounts(8_000, 8L << 30),
            StopGrace = TimeSpan.FromMilliseconds(300),
            Output = Take,
        };
        foreach (var (name, script) in scripts)
        {
            options.Runtimes[name] = new ProcessRuntime("/bin/sh") { Arguments = ["-c", script] };
        }

        configure?.Invoke(options);
        Provider = new ProcessProvider(options, devices ?? new GpuDevices("/nowhere", "/nowhere", null), null, null);
        Events = new EventLog(Provider);
    }

    public ProcessProvider Provider { get; }

    public EventLog Events { get; }

    public static async Task<Shell> Connected(string script, Action<ProcessProviderOptions>? configure = null, GpuDevices? devices = null)
    {
        var shell = new Shell(script, configure, devices);
        await shell.Provider.ConnectAsync();
        return shell;
    }

    public async Task<int> Deploy(ComponentSpec spec)
    {
        await Provider.DeployAsync(spec).Within($"the deployment of '{spec.Id}'");
        return (await Events.Started(spec.Id)).ProcessId!.Value;
    }

    public Task<int> Deploy(string id) => Deploy(new ComponentSpec(new ComponentId(id), "main"));

    public string[] Lines(string id)
    {
        lock (_lock)
        {
            return [.. _lines.Where(l => l.Id.Value == id).Select(l => l.Line)];
        }
    }

    public async Task<string> Line(string id, Func<string, bool> wanted, string what)
    {
        await Bounded.Eventually(() => Lines(id).Any(wanted), $"'{id}' wrote {what}");
        return Lines(id).First(wanted);
    }

    public async ValueTask DisposeAsync()
    {
        await Events.DisposeAsync();
        await Provider.DisposeAsync().Within("the provider to be disposed");
    }

    private void Take(ComponentOutput line)
    {
        lock (_lock)
        {
            _lines.Add(line);
        }
    }
}
