using System.Diagnostics;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Adds up the time of the parts of a run that count.</summary>
internal struct Lap
{
    private long _ticks;
    private long _since;

    public void Start() => _since = Stopwatch.GetTimestamp();

    public void Stop() => _ticks += Stopwatch.GetTimestamp() - _since;

    public readonly double Seconds => Stopwatch.GetElapsedTime(0, _ticks).TotalSeconds;
}
