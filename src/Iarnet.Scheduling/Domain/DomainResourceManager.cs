using System.Collections.Immutable;
using Iarnet.Providers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Scheduling;

/// <summary>
/// Places components on the providers of a node: reserves, deploys, watches and releases. Thread-safe.
/// </summary>
/// <remarks>
/// All state is changed by one loop; calls of providers happen outside of it and always end, whatever the provider does. Providers
/// belong to the caller, who may share one between managers: a manager takes away only what it deployed, and neither disconnects
/// nor disposes providers.
/// </remarks>
public sealed partial class DomainResourceManager : IAsyncDisposable
{
    private readonly DomainOptions _options;
    private readonly PolicyTable _policies;
    private readonly TimeProvider _time;
    private readonly SeededRandom _random;
    private readonly ILogger _logger;
    private readonly DomainBook _book;
    private readonly WriterLoop _loop;
    private readonly ViewHub _views = new();
    private readonly ImmutableArray<ProviderLink> _links;

    // Cancelled when disposing begins: no placement starts or goes on.
    private readonly CancellationTokenSource _closing = new();

    // Cancelled when disposing has waited long enough: nothing goes on.
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _life = new();
    private Task? _running;
    private Task? _disposing;

    /// <summary>Prepares the manager; nothing is called before <see cref="StartAsync"/>.</summary>
    /// <param name="providers">Where components can be placed. Ids must differ.</param>
    /// <param name="options">How it places and waits; the defaults when null.</param>
    /// <param name="policies">Placement policies besides those of <see cref="PlacementPolicies"/>.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <param name="logs">Where it logs; nowhere when null.</param>
    /// <param name="random">Where ties and waits are drawn; a new seed, which is logged, when null.</param>
    /// <exception cref="ArgumentException">Two providers or two policies have one name, the default policy does not exist, or an option is outside its range.</exception>
    public DomainResourceManager(
        IEnumerable<IProvider> providers,
        DomainOptions? options = null,
        IEnumerable<IPlacementPolicy>? policies = null,
        TimeProvider? time = null,
        ILoggerFactory? logs = null,
        SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(providers);
        _options = options ?? new DomainOptions();
        _options.Validate();
        _policies = new PolicyTable(ScoredPolicy.BuiltIn.Concat(policies ?? []));
        _policies.Get(_options.Policy);
        _time = time ?? TimeProvider.System;
        _random = random ?? new SeededRandom();
        _logger = (logs ?? NullLoggerFactory.Instance).CreateLogger<DomainResourceManager>();
        ImmutableArray<ProviderEntry> entries = [.. providers.Select(p => new ProviderEntry(p))];
        if (entries.GroupBy(e => e.Provider.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any()) is { } twice)
        {
            throw new ArgumentException($"Two providers are named '{twice.Key}'. Give each its own Id.", nameof(providers));
        }

        _book = new DomainBook(entries, _policies, _options.Policy, _random);
        PublishChanges();
        _loop = new WriterLoop(PublishChanges, e => LogLoopFailed(_logger, e));
        _links = [.. entries.Select(e => new ProviderLink(e, _book, _loop, BeginRemoval, _options, _time, _random, _logger))];
    }

    /// <summary>The newest view.</summary>
    public DomainView View => _views.Current;

    /// <summary>The newest view at once, then each newer one; versions may be left out, never the last. Ends when the manager is disposed.</summary>
    public IAsyncEnumerable<DomainView> WatchAsync(CancellationToken cancellationToken = default) => _views.Read(cancellationToken);

    /// <summary>Begins to connect the providers and returns at once; those that fail are tried again in the background. Harmless when repeated.</summary>
    /// <exception cref="ObjectDisposedException">The manager has been disposed.</exception>
    public ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_life)
        {
            ObjectDisposedException.ThrowIf(_disposing is not null, this);
            if (_running is null)
            {
                LogStarting(_logger, _book.Providers.Length, _random.Seed);
                _running = Task.Run(_loop.RunAsync, CancellationToken.None);
                foreach (var link in _links)
                {
                    link.Start(_closed.Token);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Ends every component that was placed here. Returns within <see cref="DomainOptions.DisposeLimit"/>; components that are not
    /// gone by then are logged, and their leases end.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_life)
        {
            _disposing ??= DisposeCoreAsync(_running);
            return new ValueTask(_disposing);
        }
    }

    private async Task DisposeCoreAsync(Task? running)
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (running is not null)
        {
            var removals = await _loop.AskAsync(RemoveAll).ConfigureAwait(false);
            var complete = await Patience.WaitAsync(Task.WhenAll(removals), _options.DisposeLimit, _time).ConfigureAwait(false);
            await _closed.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_links.Select(l => l.Ended)).ConfigureAwait(false);
            if (!complete)
            {
                await _loop.AskAsync(LeaveBehind).ConfigureAwait(false);
            }

            _loop.Complete();
            await running.ConfigureAwait(false);
        }

        _views.Close();
        _closing.Dispose();
        _closed.Dispose();
    }

    private Task[] RemoveAll()
    {
        foreach (var entry in _book.Components.ToArray())
        {
            // What is still being deployed sees the cancelled token and goes the way of a failed deployment.
            if (entry.State is not (ComponentState.Reserved or ComponentState.Deploying))
            {
                BeginRemoval(entry);
            }
        }

        return [.. _book.Components.Select(e => e.Removed.Task)];
    }

    private bool LeaveBehind()
    {
        foreach (var entry in _book.Components)
        {
            LogLeftBehind(_logger, entry.Id, entry.Provider.Provider.Id, entry.State);
            entry.Ended.TrySetResult(ComponentExit.Vanished("the manager was disposed before the component was seen to end"));
            entry.Removed.TrySetResult();
        }

        return true;
    }

    private void PublishChanges()
    {
        if (_book.IsChanged)
        {
            _book.IsChanged = false;
            _views.Publish(_book.NextView());
        }
    }
}
