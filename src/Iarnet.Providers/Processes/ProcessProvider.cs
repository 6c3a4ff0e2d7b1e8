using System.Collections.Immutable;
using Iarnet.Resources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Providers;

/// <summary>
/// Runs components as processes of this machine. A component's standard input is its lifeline (<c>IARNET_LIFELINE=stdin</c>): nothing
/// is ever written to it, and its end of file means that the host died or wants the component to end. Standard output and error are its log.
/// </summary>
/// <remarks>
/// Undeploying closes the lifeline and, but on Windows, sends SIGTERM; after <see cref="ProcessProviderOptions.StopGrace"/> the process
/// and all its descendants are killed. What a component leaves running when it ends is killed too. CPU is accounted, not
/// enforced; memory as <see cref="ProcessRuntime.LimitsDotNetHeap"/> says; GPUs are assigned by <c>CUDA_VISIBLE_DEVICES</c>. A component
/// that leaves its session (a double fork with setsid) outlives it. As every child of a .NET process, a component starts with SIGPIPE
/// ignored: writing to a closed pipe fails instead of ending it. Thread-safe.
/// </remarks>
public sealed class ProcessProvider : IProvider
{
    private readonly ProcessProviderOptions _options;
    private readonly ImmutableDictionary<string, ProcessRuntime> _runtimes;
    private readonly ComponentHost _host;
    private readonly GpuPool _gpus;

    /// <summary>Prepares the provider; nothing is started before <see cref="ConnectAsync"/>.</summary>
    /// <exception cref="ArgumentException">An option is outside its range; the text says which.</exception>
    public ProcessProvider(ProcessProviderOptions options, TimeProvider? time = null, ILoggerFactory? logs = null)
        : this(options, GpuDevices.Default, time, logs)
    {
    }

    internal ProcessProvider(ProcessProviderOptions options, GpuDevices devices, TimeProvider? time, ILoggerFactory? logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ProcessProviderOptionsCheck.Validate(options);
        _options = options;
        time ??= TimeProvider.System;
        logs ??= NullLoggerFactory.Instance;
        _runtimes = options.Runtimes.ToImmutableDictionary(StringComparer.Ordinal);
        var found = devices.Find();
        var total = options.Capacity ?? MachineCapacity.Measure(found.Length);
        _gpus = new GpuPool(found.Take(total.Gpus));
        Tags = ImmutableSortedSet.CreateRange(StringComparer.OrdinalIgnoreCase, total.Gpus > 0 ? options.Tags.Append("gpu") : options.Tags);
        Runtimes = [.. _runtimes.Keys];
        var environment = new ComponentEnvironment(options.InheritedEnvironment);
        var starter = new ProcessStarter(options, _gpus, environment, time, logs);
        _host = new ComponentHost(
            options.Id,
            new ResourceLedger(total with { CpuMillicores = (long)(total.CpuMillicores * options.CpuOvercommit) }),
            spec => starter.Start(spec, RuntimeOf(spec)),
            time,
            logs.CreateLogger<ProcessProvider>());
    }

    /// <inheritdoc/>
    public string Id => _options.Id;

    /// <inheritdoc/>
    public string Kind => "process";

    /// <inheritdoc/>
    public ImmutableSortedSet<string> Tags { get; }

    /// <inheritdoc/>
    public ImmutableSortedSet<string> Runtimes { get; }

    /// <inheritdoc/>
    public ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        if (_host.Ledger.Total.Gpus > _gpus.Count)
        {
            throw new IarnetException(
                $"Provider '{Id}' is to promise {_host.Ledger.Total.Gpus} GPUs, but {_gpus.Count} were found (/dev/nvidia0 and on, within CUDA_VISIBLE_DEVICES). Lower ProcessProviderOptions.Capacity, or install the driver.");
        }

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

    /// <summary>Healthy while the program of at least one runtime is there: a machine without one language still runs the others. Never throws but for cancellation.</summary>
    public ValueTask<ProviderHealth> HealthCheckAsync(CancellationToken cancellationToken = default)
    {
        var missing = _runtimes.Where(r => ExecutableSearch.Find(r.Value.FileName) is null)
            .Select(r => $"{r.Key} ({r.Value.FileName})").Order(StringComparer.Ordinal).ToArray();
        return new(missing.Length == 0
            ? new ProviderHealth(true, $"{_runtimes.Count} runtimes can be started.")
            : new ProviderHealth(missing.Length < _runtimes.Count, $"The program of these runtimes is missing or not executable: {string.Join(", ", missing)}."));
    }

    /// <inheritdoc/>
    public ValueTask<ComponentUsage> GetUsageAsync(ComponentId id, CancellationToken cancellationToken = default) => new(_host.GetUsage(id));

    /// <inheritdoc/>
    public IAsyncEnumerable<ComponentEvent> WatchAsync(CancellationToken cancellationToken = default) => _host.Watch(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisconnectAsync(CancellationToken cancellationToken = default) => _host.DisconnectAsync(cancellationToken);

    /// <summary>Ends every component and every watch. Returns within the stop grace and the kill limit together; what could not be ended is logged.</summary>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private ProcessRuntime RuntimeOf(ComponentSpec spec) => _runtimes.GetValueOrDefault(spec.Runtime) ?? throw new PlacementException(
        $"Provider '{Id}' does not run '{spec.Runtime}', which component '{spec.Id}' asks for. It runs: {(_runtimes.IsEmpty ? "nothing" : string.Join(", ", Runtimes))}. Add it to ProcessProviderOptions.Runtimes.");
}
