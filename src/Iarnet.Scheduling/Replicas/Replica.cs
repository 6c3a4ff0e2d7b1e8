namespace Iarnet.Scheduling;

/// <summary>One place of a replica set, and the component that fills it now. Written by the task of the place, but for the confirmation.</summary>
internal sealed class Replica(int place)
{
    private volatile ComponentLease? _lease;
    private volatile bool _isConfirmed;
    private long _startedAt;

    public int Place { get; } = place;

    public ComponentLease? Lease => _lease;

    public int Failures { get; set; }

    public bool IsConfirmed
    {
        get => _isConfirmed;
        set => _isConfirmed = value;
    }

    public void Begin(ComponentLease lease, long now)
    {
        _isConfirmed = false;
        Volatile.Write(ref _startedAt, now);
        _lease = lease;
    }

    public void End() => _lease = null;

    /// <summary>Whether its component has proved itself, or has lived long enough to count as if.</summary>
    public bool IsHealthy(TimeProvider time, TimeSpan healthyAfter) =>
        _lease is not null && (_isConfirmed || time.GetElapsedTime(Volatile.Read(ref _startedAt)) >= healthyAfter);
}
