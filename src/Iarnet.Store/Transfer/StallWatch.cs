namespace Iarnet.Store.Transfer;

/// <summary>
/// Ends what stands still. One timer looks at the deadlines of all connections: arming one is a store of a number, where a token with a
/// timeout would cost an allocation and a timer for each chunk. A deadline is met up to an eighth of the shortest wait late.
/// </summary>
internal sealed class StallWatch : IDisposable
{
    private readonly HashSet<TransferConnection> _connections = [];
    private readonly ITimer _timer;

    public StallWatch(TimeProvider time, TimeSpan shortestWait)
    {
        Time = time;
        var period = TimeSpan.FromMilliseconds(Math.Clamp(shortestWait.TotalMilliseconds / 8, 5, 1000));
        _timer = time.CreateTimer(static watch => ((StallWatch)watch!).Look(), this, period, period);
    }

    public TimeProvider Time { get; }

    public int Count
    {
        get
        {
            lock (_connections)
            {
                return _connections.Count;
            }
        }
    }

    public void Add(TransferConnection connection)
    {
        lock (_connections)
        {
            _connections.Add(connection);
        }
    }

    public void Remove(TransferConnection connection)
    {
        lock (_connections)
        {
            _connections.Remove(connection);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        TransferConnection[] connections;
        lock (_connections)
        {
            connections = [.. _connections];
        }

        var now = Time.GetTimestamp();
        foreach (var connection in connections)
        {
            connection.EndIfDue(now);
        }
    }
}
