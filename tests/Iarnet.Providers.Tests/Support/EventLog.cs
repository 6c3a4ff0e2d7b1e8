using System.Threading.Channels;

namespace Iarnet.Providers.Tests;

/// <summary>Reads a provider's events and waits for those that a test expects.</summary>
internal sealed class EventLog : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ComponentEvent> _events = Channel.CreateUnbounded<ComponentEvent>();
    private readonly List<ComponentEvent> _seen = [];
    private readonly Task _reading;

    public EventLog(IProvider provider)
    {
        var watch = provider.WatchAsync(_stop.Token);
        _reading = Task.Run(async () =>
        {
            try
            {
                await foreach (var happened in watch)
                {
                    _events.Writer.TryWrite(happened);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }

            _events.Writer.TryComplete();
        });
    }

    public Task Ended => _reading;

    public async Task<ComponentStarted> Started(ComponentId id) => (ComponentStarted)await Find(e => e is ComponentStarted s && s.Id == id, $"'{id}' to start");

    public async Task<ComponentExit> Exited(ComponentId id) => ((ComponentExited)await Find(e => e is ComponentExited x && x.Id == id, $"'{id}' to exit")).Exit;

    public async Task<ComponentEvent> Find(Func<ComponentEvent, bool> wanted, string what)
    {
        if (_seen.Find(e => wanted(e)) is { } before)
        {
            return before;
        }

        while (await _events.Reader.WaitToReadAsync().AsTask().Within(what))
        {
            while (_events.Reader.TryRead(out var happened))
            {
                _seen.Add(happened);
                if (wanted(happened))
                {
                    return happened;
                }
            }
        }

        throw new InvalidOperationException($"The events ended while waiting for {what}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }
}
