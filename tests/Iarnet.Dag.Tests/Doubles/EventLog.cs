namespace Iarnet.Dag.Tests;

/// <summary>Waits for states of calls without sleeping: by the session's events, and by the state for what happened before.</summary>
internal sealed class EventLog : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IAsyncEnumerable<DagEvent> _events;

    public EventLog(DagSession session) => _events = session.Events(_stop.Token);

    public async Task Reaches(DataRef call, CallState state)
    {
        async Task Read()
        {
            if (call.State >= state)
            {
                return;
            }

            await foreach (var change in _events)
            {
                if (call.State >= state)
                {
                    return;
                }
            }
        }

        await Read().Within($"a call to be {state}");
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
