using System.Threading.Channels;
using Iarnet.Actors;
using Iarnet.Bus;
using Iarnet.Components.Packaging;
using Iarnet.Components.Protocol;
using Iarnet.Objects;
using Iarnet.Store;
using Microsoft.Extensions.Logging;

namespace Iarnet.Components.Actors;

/// <summary>
/// A component as the engine sees it. Calls go through a channel to a loop of the actor's own, which encodes and sends them in
/// batches; results come on the bus's loop.
/// </summary>
/// <remarks>
/// Two locks, always taken in this order: <c>_report</c> orders what the observer is told (no outcome after "lost"), <c>_gate</c>
/// guards the table. <see cref="Post"/> takes only the second, so an engine that posts under a lock of its own, which its observer
/// takes too, cannot deadlock with a report.
/// </remarks>
internal sealed partial class BusActor : IActor, IAsyncDisposable
{
    private readonly BusPeer _peer;
    private readonly IActorGroupObserver _observer;
    private readonly ActorGroupSpec _spec;
    private readonly FunctionPackager _packager;
    private readonly ObjectStore _store;
    private readonly IObjectSpace _space;
    private readonly ComponentActorHostOptions _options;
    private readonly ComponentMetrics _metrics;
    private readonly ILogger _log;

    private readonly Lock _report = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, PendingCall> _pending = [];
    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _lastId;
    private Exception? _lost;
    private MovingAverage _compute;
    private Task _sending = Task.CompletedTask;

    public BusActor(BusPeer peer, IActorGroupObserver observer, ActorGroupSpec spec, ActorEnvironment environment)
    {
        _peer = peer;
        _observer = observer;
        _spec = spec;
        _packager = environment.Packager;
        _store = environment.Store;
        _space = environment.Space;
        _options = environment.Options;
        _metrics = environment.Metrics;
        _log = environment.Log;
        Id = peer.Id.Value;
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public int Window => WindowRule.For(_spec.Concurrency, ComputeLatency, LinkLatency);

    /// <inheritdoc/>
    public TimeSpan LinkLatency => _peer.LinkLatency;

    /// <inheritdoc/>
    public TimeSpan ComputeLatency => _compute.Value;

    /// <summary>Completes when the component said what no component says: it is to be replaced.</summary>
    public Task Broken => _broken.Task;

    public void Start() => _sending = Task.Run(SendLoopAsync);

    /// <inheritdoc/>
    public void Post(ReadOnlySpan<ActorCall> calls)
    {
        Exception? lost;
        lock (_gate)
        {
            lost = _lost;
            if (lost is null)
            {
                foreach (var call in calls)
                {
                    Take(call);
                }

                return;
            }
        }

        var outcomes = new ActorOutcome[calls.Length];
        for (var i = 0; i < calls.Length; i++)
        {
            outcomes[i] = ActorOutcome.Lost(calls[i], lost, mayHaveRun: false);
        }

        _observer.CallsEnded(this, outcomes);
    }

    /// <summary>Tells the component to finish what it runs; returns when it has, or after the bound.</summary>
    public async Task DrainAsync(TimeProvider time)
    {
        lock (_gate)
        {
            if (_pending.Count == 0)
            {
                return;
            }
        }

        var command = new ByteBuffer(16);
        CommandWriter.Drain(command);
        try
        {
            _peer.Send(command.Detach());
            await Task.WhenAny(_drained.Task, _broken.Task).WaitAsync(_options.DrainLimit, time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or IarnetException)
        {
            DrainFellShort(e, Id);
        }
    }

    /// <summary>Ends the actor: every call that is with it is lost, and so is it. Only the first time counts.</summary>
    public async Task LoseAsync(Exception reason)
    {
        lock (_report)
        {
            ActorOutcome[] outcomes;
            lock (_gate)
            {
                if (_lost is not null)
                {
                    return;
                }

                _lost = reason;
                outcomes = new ActorOutcome[_pending.Count];
                var next = 0;

                // The component takes calls in the order of their numbers: it had begun as many of the oldest as it runs at the same time.
                foreach (var (_, pending) in _pending.OrderBy(entry => entry.Key))
                {
                    pending.Cancellation.Unregister();
                    outcomes[next] = ActorOutcome.Lost(pending.Call, reason, mayHaveRun: next < _spec.Concurrency && pending.Function != 0);
                    next++;
                }

                _pending.Clear();
            }

            if (outcomes.Length > 0)
            {
                _observer.CallsEnded(this, outcomes);
            }

            _observer.ActorLost(this, reason);
        }

        _work.Writer.TryComplete();
        await _ended.CancelAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _ended.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await LoseAsync(new ComponentLostException($"Actor '{Id}' was closed.")).ConfigureAwait(false);

    private void Take(ActorCall call)
    {
        var id = ++_lastId;
        var pending = new PendingCall { Call = call };
        _work.Writer.TryWrite(new Work(id, call));
        if (call.Cancellation.CanBeCanceled)
        {
            // After the call itself, so that a token that is already cancelled does not overtake it.
            pending.Cancellation = call.Cancellation.UnsafeRegister(static state => ((CancelHook)state!).Run(), new CancelHook(_work.Writer, id));
        }

        _pending.Add(id, pending);
    }

    private sealed class CancelHook(ChannelWriter<Work> work, ulong id)
    {
        public void Run() => work.TryWrite(new Work(id, null));
    }
}
