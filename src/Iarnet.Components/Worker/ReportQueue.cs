using Iarnet.Bus;
using Iarnet.Components.Protocol;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Worker;

/// <summary>
/// Gathers what is to be reported. A thread that runs out of work sends it at once, so that a single call waits for nothing;
/// while calls follow each other, a sender on the thread pool takes what has come together since it last looked.
/// </summary>
internal sealed class ReportQueue(ComponentBusClient bus) : IThreadPoolWorkItem
{
    // Beyond this the threads that run calls send, and wait with them when the bus is full.
    private const int Most = 1 << 20;

    private readonly Lock _lock = new();
    private readonly ByteBuffer _report = new();
    private bool _scheduled;

    public void Loaded(uint function, Error? error)
    {
        lock (_lock)
        {
            ReportWriter.Loaded(_report, function, error);
        }
    }

    public void Completed(ulong call, in EncodedValue value, ulong computeNanoseconds, ulong queuedNanoseconds)
    {
        lock (_lock)
        {
            ReportWriter.Completed(_report, call, value, computeNanoseconds, queuedNanoseconds);
        }
    }

    public void Failed(ulong call, Error error, ulong computeNanoseconds, ulong queuedNanoseconds)
    {
        lock (_lock)
        {
            ReportWriter.Failed(_report, call, error, computeNanoseconds, queuedNanoseconds);
        }
    }

    public void Canceled(ulong call)
    {
        lock (_lock)
        {
            ReportWriter.Canceled(_report, call);
        }
    }

    public void Drained()
    {
        lock (_lock)
        {
            ReportWriter.Drained(_report);
        }
    }

    /// <summary>Sees to it that what was written leaves soon; waits when far too much has come together.</summary>
    public void SendSoon()
    {
        lock (_lock)
        {
            if (_report.Length < Most)
            {
                if (!_scheduled && _report.Length > 0)
                {
                    _scheduled = true;
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                }

                return;
            }
        }

        SendNow();
    }

    /// <summary>Sends what was written; waits while the bus is full.</summary>
    public void SendNow()
    {
        var sending = SendAsync();
        if (!sending.IsCompletedSuccessfully)
        {
            sending.AsTask().GetAwaiter().GetResult();
        }
    }

    async void IThreadPoolWorkItem.Execute()
    {
        // What comes from here on schedules anew.
        lock (_lock)
        {
            _scheduled = false;
        }

        await SendAsync().ConfigureAwait(false);
    }

    private async ValueTask SendAsync()
    {
        byte[] report;
        lock (_lock)
        {
            if (_report.Length == 0)
            {
                return;
            }

            report = _report.Detach();
        }

        try
        {
            await bus.SendAsync(report).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IarnetException or ObjectDisposedException)
        {
            // The engine is gone, and with it whoever wants to know; the bus ends the component.
        }
    }
}
