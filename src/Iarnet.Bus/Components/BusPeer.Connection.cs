using Iarnet.Bus.Components;
using Iarnet.Bus.Connections;
using Iarnet.Bus.Memory;
using Iarnet.Bus.Wire;
using Microsoft.Extensions.Logging;

namespace Iarnet.Bus;

// What happens to a component, one thing after the other: whoever changes the state or calls the handler holds the gate.
// It is free on the usual path, where only the one connection of the component asks for it.
public sealed partial class BusPeer
{
    /// <summary>Bound of what is encoded and not yet in the kernel: small, so that a higher priority has little in front of it.</summary>
    private const int QueueMessages = 8192;

    private const long QueueBytes = 1 << 20;

    private readonly Gate _gate = new();
    private readonly EnvelopeReader _envelope = new();
    private readonly string _nodeId;
    private ulong? _incarnation;
    private ITimer? _awayTimer;

    internal void Received(ZmtpConnection connection, in Region messages)
    {
        _gate.Enter();
        try
        {
            var reader = new RegionReader(messages);
            while (reader.Next(out var body, out var frames))
            {
                if (_state == BusPeerState.Gone || !Process(connection, body, frames))
                {
                    // What follows was sent to a state that is no more; the connection is on its way out.
                    return;
                }
            }

            _flow.AfterBatch();
        }
        finally
        {
            _gate.Exit();
        }
    }

    internal void Left(ZmtpConnection connection, string reason)
    {
        _gate.Enter();
        try
        {
            if (_connection != connection)
            {
                return;
            }

            _flow.Detach(connection.Queue);
            _connection = null;
            if (_state == BusPeerState.Gone)
            {
                return;
            }

            _state = BusPeerState.Away;
            _awayTimer?.Dispose();
            _awayTimer = _time.CreateTimer(static state => _ = ((BusPeer)state!).AwayTooLongAsync(), this, _awayLimit, Timeout.InfiniteTimeSpan);
            LogAway(Id, reason, _awayLimit);
            Tell(() => _handler.Away(this, reason));
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Ends the component for good; returns when its connection is closed, within the linger.</summary>
    internal async Task EndAsync(string reason)
    {
        ZmtpConnection? connection;
        await _gate.EnterAsync().ConfigureAwait(false);
        try
        {
            connection = _connection;
            MakeGone(reason);
        }
        finally
        {
            _gate.Exit();
        }

        if (connection is not null)
        {
            await connection.CloseAsync(reason, _linger).ConfigureAwait(false);
        }
    }

    internal SendQueue CreateQueue() => new(QueueMessages, QueueBytes, _flow.Continue);

    private async Task AwayTooLongAsync()
    {
        await _gate.EnterAsync().ConfigureAwait(false);
        try
        {
            if (_state == BusPeerState.Away)
            {
                MakeGone($"it was away for longer than {_awayLimit.TotalSeconds:0.###} s");
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void MakeGone(string reason)
    {
        if (_state == BusPeerState.Gone)
        {
            return;
        }

        _state = BusPeerState.Gone;
        _awayTimer?.Dispose();
        if (_connection?.Queue is { } queue)
        {
            queue.TryAppend(EnvelopeWriter.WriteGoodbye(reason), ReadOnlyMemory<byte>.Empty, evenIfFull: true);
            queue.Flush();
        }

        _flow.Close(reason);
        LogGone(Id, reason);
        Tell(() => _handler.Gone(this, reason));
    }

    /// <summary>Calls the handler about a change; what it throws is its own and changes nothing.</summary>
    private void Tell(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            LogHandlerFailed(e, Id);
        }
    }

    [LoggerMessage(30, LogLevel.Information, "Component {Id} is ready: {Language} {RuntimeVersion}, process {ProcessId}")]
    private partial void LogReady(ComponentId id, string language, string runtimeVersion, int processId);

    [LoggerMessage(31, LogLevel.Warning, "Component {Id} is away: {Reason}. What it has not acknowledged is kept for {Limit}")]
    private partial void LogAway(ComponentId id, string reason, TimeSpan limit);

    [LoggerMessage(32, LogLevel.Information, "Component {Id} returned")]
    private partial void LogReturned(ComponentId id);

    [LoggerMessage(33, LogLevel.Information, "Component {Id} is gone: {Reason}")]
    private partial void LogGone(ComponentId id, string reason);

    [LoggerMessage(34, LogLevel.Error, "The handler of component {Id} threw")]
    private partial void LogHandlerFailed(Exception exception, ComponentId id);

    [LoggerMessage(35, LogLevel.Warning, "Component {Id} is refused: {Reason}")]
    private partial void LogRefused(ComponentId id, string reason);
}
