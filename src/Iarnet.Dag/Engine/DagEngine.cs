using Iarnet.Actors;
using Iarnet.Dag;
using Iarnet.Objects;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet;

/// <summary>
/// Runs DAGs of function calls on actors: by default on the thread pool of this process, or wherever its actor hosts start them.
/// Thread-safe. One engine serves any number of sessions.
/// </summary>
public sealed partial class DagEngine : IAsyncDisposable
{
    private readonly Lock _sessionsLock = new();
    private readonly HashSet<DagSession> _sessions = [];
    private readonly DagEngineOptions _options;
    private readonly IActorHost[] _hosts;
    private readonly ILogger _logger;
    private bool _disposed;

    /// <summary>Creates an engine. Nothing is started before the first call needs it.</summary>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <param name="hosts">Who starts actors: for each function the first that supports its language. By default an <see cref="InProcessActorHost"/>.</param>
    /// <param name="space">Where values go when they leave this process. By default a <see cref="MemoryObjectSpace"/>. Not disposed with the engine.</param>
    /// <param name="time">The clock of timeouts, statistics and waits.</param>
    /// <param name="random">What breaks ties between equally good actors; its seed is logged.</param>
    /// <param name="logs">Where it logs.</param>
    public DagEngine(
        DagEngineOptions? options = null,
        IEnumerable<IActorHost>? hosts = null,
        IObjectSpace? space = null,
        TimeProvider? time = null,
        SeededRandom? random = null,
        ILoggerFactory? logs = null)
    {
        _options = options ?? new DagEngineOptions();
        _options.Validate();
        Time = time ?? TimeProvider.System;
        Random = random ?? new SeededRandom();
        Space = space ?? new MemoryObjectSpace();
        _hosts = hosts?.ToArray() ?? [new InProcessActorHost(Time)];
        _logger = (logs ?? NullLoggerFactory.Instance).CreateLogger<DagEngine>();
        Loop = new EngineLoop(_logger, Time);
        LogCreated(_logger, Random.Seed);
    }

    internal TimeProvider Time { get; }

    internal SeededRandom Random { get; }

    internal IObjectSpace Space { get; }

    internal EngineLoop Loop { get; }

    /// <summary>Opens a session. Close it by disposing it; disposing the engine closes those that are left.</summary>
    /// <param name="name">What people see; need not be unique.</param>
    /// <param name="configure">Changes the options of the session.</param>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public DagSession OpenSession(string name, Action<SessionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var options = new SessionOptions();
        configure?.Invoke(options);
        options.Validate();
        lock (_sessionsLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var session = new DagSession(this, name, options);
            _sessions.Add(session);
            return session;
        }
    }

    /// <summary>
    /// Closes every session as <see cref="DagSession.DisposeAsync"/> does, then ends the actor groups. Returns within the longest
    /// <see cref="SessionOptions.CloseTimeout"/> of a session plus <see cref="DagEngineOptions.CloseTimeout"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        DagSession[] sessions;
        lock (_sessionsLock)
        {
            _disposed = true;
            sessions = [.. _sessions];
        }

        await Task.WhenAll(sessions.Select(session => session.DisposeAsync().AsTask())).ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_groups.Values.Select(group => group.StopAsync())).WaitAsync(_options.CloseTimeout, Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogGroupsLeft(_logger, _options.CloseTimeout);
        }
        catch (Exception exception)
        {
            LogGroupStopFailed(_logger, exception);
        }
    }

    /// <summary>Gives a reference back. A space that breaks its promise not to throw costs the reference, not the session.</summary>
    internal void ReleaseObject(in ObjectRef reference)
    {
        try
        {
            Space.Release(reference);
        }
        catch (Exception exception)
        {
            LogReleaseFailed(_logger, exception, reference.ToString());
        }
    }

    internal void Forget(DagSession session)
    {
        lock (_sessionsLock)
        {
            _sessions.Remove(session);
        }
    }

    internal DagSession[] Sessions()
    {
        lock (_sessionsLock)
        {
            return [.. _sessions];
        }
    }
}
