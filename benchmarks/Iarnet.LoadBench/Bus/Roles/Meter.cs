using System.Diagnostics;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>Counts messages, and times those that come after the first quarter. For one thread at a time.</summary>
internal sealed class Meter(RoleTask task)
{
    private readonly Dictionary<string, object> _result = [];
    private int _seen;
    private int _before;
    private long _start;
    private TimeSpan _cpu;

    public bool IsDone => _seen >= task.Total;

    public bool IsTimed => _start != 0;

    public int Left => task.Total - _seen;

    /// <summary>True when these were the last.</summary>
    public bool Add(int messages)
    {
        _seen += messages;
        if (_start == 0 && _seen >= task.Warm)
        {
            _before = _seen;
            _cpu = Environment.CpuUsage.TotalTime;
            _start = Stopwatch.GetTimestamp();
        }

        return IsDone;
    }

    public void Stop()
    {
        _result["seconds"] = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        _result["cpu"] = (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds;
        _result["messages"] = _seen - _before;
    }

    /// <summary>Adds the middle and the slowest hundredth of round trips, in ticks of the stopwatch.</summary>
    public void AddTrips(Span<long> trips)
    {
        trips.Sort();
        _result["p50"] = Stopwatch.GetElapsedTime(0, trips[trips.Length / 2]).TotalMicroseconds;
        _result["p99"] = Stopwatch.GetElapsedTime(0, trips[(int)(trips.Length * 99L / 100)]).TotalMicroseconds;
    }

    public void Write() => RoleLines.Write(_result);
}
