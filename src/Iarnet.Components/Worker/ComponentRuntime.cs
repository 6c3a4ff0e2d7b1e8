using System.Collections.Concurrent;
using System.Diagnostics;
using Iarnet.Bus;
using Iarnet.Components.Wire;
using Iarnet.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Components.Worker;

/// <summary>
/// The component's end of the actor protocol: takes commands from the bus, has functions loaded, runs calls, reports results.
/// </summary>
public sealed partial class ComponentRuntime : IAsyncDisposable
{
    private readonly ComponentRuntimeOptions _options;
    private readonly IFunctionLoader _loader;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CallEnvironment _environment;
    private readonly ComponentBusClient _bus;
    private readonly ReportQueue _reports;
    private readonly CallExecutor _executor;
    private readonly ConcurrentDictionary<uint, LoadedFunction> _functions = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<string> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates the runtime; nothing is connected before <see cref="RunAsync"/>.</summary>
    /// <param name="bus">Who the component is and where its engine listens.</param>
    /// <param name="store">The store of its node, as this component; stays the caller's to dispose.</param>
    /// <param name="loader">What makes functions.</param>
    /// <param name="options">See there; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logs">Where it logs; null for nowhere.</param>
    public ComponentRuntime(
        ComponentBusClientOptions bus,
        IObjectStore store,
        IFunctionLoader loader,
        ComponentRuntimeOptions? options = null,
        TimeProvider? time = null,
        ILoggerFactory? logs = null)
    {
        _options = options ?? new ComponentRuntimeOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Concurrency, 1);
        _loader = loader;
        _time = time ?? TimeProvider.System;
        _log = (logs ?? NullLoggerFactory.Instance).CreateLogger<ComponentRuntime>();
        var space = new StoreObjectSpace(store, new StoreObjectSpaceOptions { InlineLimit = _options.InlineLimit, Codecs = _options.Codecs });
        _environment = new CallEnvironment(space, store, _options.Codecs);
        _bus = new ComponentBusClient(bus, new Handler(this), time, logs);
        _reports = new ReportQueue(_bus);
        _executor = new CallExecutor(_options.Concurrency, Run, Ended);
    }

    /// <summary>Connects and serves; returns, with the reason, when the engine said goodbye or could not be reached any more.</summary>
    /// <exception cref="ComponentLostException">The engine was not reached, or refused.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken = default)
    {
        await _bus.ConnectAsync(cancellationToken).ConfigureAwait(false);
        var first = await Task.WhenAny(_bus.Completion, _broken.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        return await first.ConfigureAwait(false);
    }

    /// <summary>Says goodbye and closes. Calls that run are told, and not waited for: they hold threads that end with the process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _bus.DisposeAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    private void Run(FunctionCall call)
    {
        if (call.IsCanceled)
        {
            _reports.Canceled(call.Id);
            return;
        }

        var began = _time.GetTimestamp();
        var queued = Nanoseconds(_time.GetElapsedTime(call.QueuedAt, began));
        Error? error = null;
        var canceled = false;
        try
        {
            Invoke(call);
        }
        catch (OperationCanceledException) when (call.IsCanceled)
        {
            canceled = true;
        }
        catch (Exception e)
        {
            error = ErrorText.Of(e);
        }

        var compute = Nanoseconds(_time.GetElapsedTime(began));
        if (canceled)
        {
            _reports.Canceled(call.Id);
        }
        else if (error is not null)
        {
            _reports.Failed(call.Id, error, compute, queued);
        }
        else
        {
            _reports.Completed(call.Id, call.Result, compute, queued);
        }

        call.End();
    }

    private void Ended(bool othersWait)
    {
        if (othersWait)
        {
            _reports.SendSoon();
        }
        else
        {
            _reports.SendNow();
        }
    }

    private static void Invoke(FunctionCall call)
    {
        if (call.Traceparent.Length == 0)
        {
            call.Function.Function!.Invoke(call);
            return;
        }

        using var activity = new Activity(call.Function.Name);
        activity.SetParentId(call.Traceparent);
        activity.Start();
        call.Function.Function!.Invoke(call);
    }

    private static ulong Nanoseconds(TimeSpan span) => (ulong)Math.Max(0, span.Ticks) * 100;
}
