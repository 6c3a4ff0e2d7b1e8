using System.Collections.Immutable;

namespace Iarnet.Providers;

/// <summary>Whole GPUs, each with at most one component. Thread-safe.</summary>
internal sealed class GpuPool
{
    private readonly Lock _lock = new();
    private readonly string[] _devices;
    private readonly bool[] _taken;

    public GpuPool(IEnumerable<string> devices)
    {
        _devices = [.. devices];
        _taken = new bool[_devices.Length];
    }

    public int Count => _devices.Length;

    /// <summary>Takes that many, lowest first; false, and none taken, when fewer are free.</summary>
    public bool TryTake(int count, out ImmutableArray<string> devices)
    {
        devices = [];
        if (count == 0)
        {
            return true;
        }

        lock (_lock)
        {
            if (_taken.Count(taken => !taken) < count)
            {
                return false;
            }

            var result = ImmutableArray.CreateBuilder<string>(count);
            for (var i = 0; result.Count < count; i++)
            {
                if (!_taken[i])
                {
                    _taken[i] = true;
                    result.Add(_devices[i]);
                }
            }

            devices = result.MoveToImmutable();
            return true;
        }
    }

    public void Return(ImmutableArray<string> devices)
    {
        lock (_lock)
        {
            foreach (var device in devices)
            {
                _taken[Array.IndexOf(_devices, device)] = false;
            }
        }
    }
}
