using System.Diagnostics;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>A network namespace with one cable to this one, which can be pulled without either end being told.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private static int _count;

    private readonly string _inside;
    private readonly string _outside;

    private NetworkNamespace(int number)
    {
        Name = $"iarnet-{Environment.ProcessId}-{number}";
        _outside = $"ir{Environment.ProcessId}o{number}";
        _inside = $"ir{Environment.ProcessId}i{number}";
        // From the range that is set aside for tests of network devices (RFC 2544).
        Address = $"198.18.{77 + number}.1";
        InsideAddress = $"198.18.{77 + number}.2";
    }

    public string Name { get; }

    /// <summary>Ours, as the namespace sees it.</summary>
    public string Address { get; }

    public string InsideAddress { get; }

    public static async Task<NetworkNamespace> CreateAsync()
    {
        var made = new NetworkNamespace(Interlocked.Increment(ref _count));
        await IpAsync("netns", "add", made.Name);
        await IpAsync("link", "add", made._outside, "type", "veth", "peer", "name", made._inside);
        await IpAsync("link", "set", made._inside, "netns", made.Name);
        await IpAsync("addr", "add", made.Address + "/30", "dev", made._outside);
        await IpAsync("link", "set", made._outside, "up");
        await IpAsync("-n", made.Name, "addr", "add", made.InsideAddress + "/30", "dev", made._inside);
        await IpAsync("-n", made.Name, "link", "set", "lo", "up");
        await made.HealAsync();
        return made;
    }

    /// <summary>Nothing passes any more, and nothing says so: what is sent gets no answer.</summary>
    public Task CutAsync() => IpAsync("-n", Name, "link", "set", _inside, "down");

    public Task HealAsync() => IpAsync("-n", Name, "link", "set", _inside, "up");

    public async ValueTask DisposeAsync()
    {
        await IpAsync("link", "del", _outside);
        await IpAsync("netns", "del", Name);
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("The program 'ip' does not start: apt-get install iproute2.", e);
        }
    }

    private static async Task IpAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Within("ip " + string.Join(' ', arguments));
        Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {await error}");
    }
}
