using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Scheduling;

/// <summary>
/// Keeps a number of components alive: what dies is seen at once and replaced, at first quickly, then at growing random intervals,
/// until nothing stays alive. Starts with the first replicas as soon as it is made. Thread-safe.
/// </summary>
public sealed partial class ReplicaSet : IAsyncDisposable
{
    private readonly DomainResourceManager _manager;
    private readonly Func<int, ComponentRequest> _request;
    private readonly IReplicaObserver _observer;
    private readonly ReplicaSetOptions _options;
    private readonly TimeProvider _time;
    private readonly SeededRandom _random;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Replica[] _replicas;
    private readonly Task _running;
    private int _failed;

    /// <summary>Starts the replicas in the background.</summary>
    /// <param name="manager">What places them.</param>
    /// <param name="request">Makes the request for a place of the set (0 and on), each time that its component is started: so each can have its own id and environment.</param>
    /// <param name="observer">Told what happens.</param>
    /// <param name="options">How to replace; the defaults when null.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="random">Where waits are drawn; a new seed when null.</param>
    /// <param name="logs">Where it logs; nowhere when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public ReplicaSet(
        DomainResourceManager manager,
        Func<int, ComponentRequest> request,
        IReplicaObserver observer,
        ReplicaSetOptions? options = null,
        TimeProvider? time = null,
        SeededRandom? random = null,
        ILoggerFactory? logs = null)
    {
        ArgumentNullException.ThrowIfNull(manager);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        _options = options ?? new ReplicaSetOptions();
        _options.Validate();
        _manager = manager;
        _request = request;
        _observer = observer;
        _time = time ?? TimeProvider.System;
        _random = random ?? new SeededRandom();
        _logger = (logs ?? NullLoggerFactory.Instance).CreateLogger<ReplicaSet>();
        _replicas = [.. Enumerable.Range(0, _options.Count).Select(place => new Replica(place))];
        _running = Task.WhenAll(_replicas.Select(r => Task.Run(() => KeepAliveAsync(r, _stop.Token))));
    }

    /// <summary>
    /// Says that a replica has proved itself (it connected, it loaded its code): from now on its death is no sign that replicas cannot
    /// live, whatever its age. Does nothing when no replica has this id.
    /// </summary>
    public void ConfirmHealthy(ComponentId id)
    {
        foreach (var replica in _replicas)
        {
            if (replica.Lease is { } lease && lease.Id == id)
            {
                replica.IsConfirmed = true;
            }
        }
    }

    /// <summary>Ends every replica. Returns within <see cref="DomainOptions.ReleaseLimit"/> of the manager, after the observer's last call.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }
}
