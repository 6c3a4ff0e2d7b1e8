using System.Diagnostics;
using System.Globalization;
using Iarnet;
using Spectre.Console;

namespace QuickStart;

/// <summary>Kills a worker now and then, to show that the answer stays right.</summary>
internal sealed class Chaos : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);
    private readonly CancellationTokenSource _stop;
    private readonly Task _killing;
    private int _killed;

    private Chaos(IarnetHost iarnet, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _killing = KillAsync(iarnet, _stop.Token);
    }

    /// <summary>Null when nobody asked for it.</summary>
    public static Chaos? Start(IarnetHost iarnet, bool wanted, CancellationToken cancellationToken) => wanted ? new Chaos(iarnet, cancellationToken) : null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _killing;
        _stop.Dispose();
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{_killed} workers were killed.");
    }

    private async Task KillAsync(IarnetHost iarnet, CancellationToken cancellationToken)
    {
        var random = new Random();
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var workers = iarnet.Node.Components.ToArray();
                if (workers.Length == 0)
                {
                    continue;
                }

                // SIGKILL on Unix: the worker has no say in it.
                using var process = Process.GetProcessById(workers[random.Next(workers.Length)].ProcessId);
                process.Kill();
                _killed++;
            }
        }
        catch (OperationCanceledException)
        {
            // The job is done.
        }
        catch (ArgumentException)
        {
            // That worker had just ended by itself.
        }
    }
}
