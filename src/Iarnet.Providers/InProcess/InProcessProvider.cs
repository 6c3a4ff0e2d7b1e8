using System.Collections.Immutable;
using Iarnet.Resources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Providers;

/// <summary>
/// Runs components as tasks of this process: for tests, for programs that want no second process, and for components that are
/// cheap. Nothing is isolated, resources are only accounted, and usage reads as zero. Thread-safe.
/// </summary>
public sealed class InProcessProvider : IProvider
{
    private readonly ImmutableDictionary<string, Func<ComponentSpec, CancellationToken, Task>> _runtimes;
    private readonly ComponentHost _host;

    /// <summary>Prepares the provider; nothing is started before <see cref="ConnectAsync"/>.</summary>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public InProcessProvider(InProcessProviderOptions options, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Id);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.StopGrace, TimeSpan.Zero);
        time ??= TimeProvider.System;
        Id = options.Id;
        Tags = ImmutableSortedSet.CreateRange(StringComparer.OrdinalIgnoreCase, options.Tags);
        _runtimes = options.Runtimes.ToImmutableDictionary(StringComparer.Ordinal);
        Runtimes = [.. _runtimes.Keys];
        var grace = options.StopGrace;
        _host = new ComponentHost(
            Id,
            new ResourceLedger(options.Capacity ?? MachineCapacity.Measure(gpus: 0)),
            spec => new HostedTask(spec, RuntimeOf(spec), grace, time),
            time,
            (logs ?? NullLoggerFactory.Instance).CreateLogger<InProcessProvider>());
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public string Kind => "in-process";

    /// <inheritdoc/>
    public ImmutableSortedSet<string> Tags { get; }

    /// <inheritdoc/>
    public ImmutableSortedSet<string> Runtimes { get; }

    /// <inheritdoc/>
    public ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        _host.Connect();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ResourceCapacity> GetCapacityAsync(CancellationToken cancellationToken = default) => new(_host.Ledger.Capacity);

    /// <inheritdoc/>
    public ValueTask<ResourceAmounts> GetAvailableAsync(CancellationToken cancellationToken = default) => new(_host.Ledger.Capacity.Available);

    /// <inheritdoc/>
    public ValueTask DeployAsync(ComponentSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        cancellationToken.ThrowIfCancellationRequested();
        _host.Deploy(spec);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask UndeployAsync(ComponentId id, CancellationToken cancellationToken = default) => _host.UndeployAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ProviderHealth> HealthCheckAsync(CancellationToken cancellationToken = default) =>
        new(new ProviderHealth(true, $"{_runtimes.Count} runtimes can be started."));

    /// <inheritdoc/>
    public ValueTask<ComponentUsage> GetUsageAsync(ComponentId id, CancellationToken cancellationToken = default) => new(_host.GetUsage(id));

    /// <inheritdoc/>
    public IAsyncEnumerable<ComponentEvent> WatchAsync(CancellationToken cancellationToken = default) => _host.Watch(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisconnectAsync(CancellationToken cancellationToken = default) => _host.DisconnectAsync(cancellationToken);

    /// <summary>Ends every component and every watch. Returns within the stop grace; what does not end is logged and left running.</summary>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Func<ComponentSpec, CancellationToken, Task> RuntimeOf(ComponentSpec spec) => _runtimes.GetValueOrDefault(spec.Runtime) ?? throw new PlacementException(
        $"Provider '{Id}' does not run '{spec.Runtime}', which component '{spec.Id}' asks for. It runs: {(_runtimes.IsEmpty ? "nothing" : string.Join(", ", Runtimes))}. Add it to InProcessProviderOptions.Runtimes.");
}
