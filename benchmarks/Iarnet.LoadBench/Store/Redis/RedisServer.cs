using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Iarnet.LoadBench.Store.Redis;

/// <summary>redis-server on a Unix socket, with nothing written to disk; starts when it is first needed.</summary>
internal sealed class RedisServer(Arena arena) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private Process? _process;
    private Task<string>? _socket;

    public Task<string> SocketAsync() => _socket ??= StartAsync();

    /// <summary>Operations a second that redis-benchmark, Redis' own client in C, measures.</summary>
    /// <param name="test">"set" or "get".</param>
    /// <param name="size">Bytes of an object.</param>
    /// <param name="keys">How many objects there are.</param>
    /// <param name="count">Operations.</param>
    /// <param name="clients">Connections.</param>
    /// <param name="depth">Commands that each of them has in flight.</param>
    public async Task<double> MeasureAsync(string test, string size, string keys, string count, int clients, int depth)
    {
        var start = new ProcessStartInfo(
            "redis-benchmark",
            ["-s", await SocketAsync(), "-t", test, "-d", size, "-r", keys, "-n", count, "-c", $"{clients}", "-P", $"{depth}", "--csv"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Started(start);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        // "test","rps","avg_latency_ms",... and a line such as "SET","21008.40",...
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith($"\"{test}\"", StringComparison.OrdinalIgnoreCase));
        return line?.Split(',') is [_, var rate, ..]
            ? double.Parse(rate.Trim('"'), CultureInfo.InvariantCulture)
            : throw new InvalidDataException($"redis-benchmark said: {output}{await errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }

        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException(
                $"small objects are measured beside Redis: install redis-server and redis-tools (Debian's names); {start.FileName} did not start: {error.Message}", error);
        }
    }

    private async Task<string> StartAsync()
    {
        var socket = arena.NewPath("redis");
        _process = Started(new ProcessStartInfo(
            "redis-server",
            ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "/dev/null", "--dir", Path.GetDirectoryName(socket)!]));
        for (var start = Stopwatch.GetTimestamp(); !IsListening(socket); await Task.Delay(10))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new InvalidOperationException("redis-server does not listen");
            }
        }

        return socket;
    }

    private static bool IsListening(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
