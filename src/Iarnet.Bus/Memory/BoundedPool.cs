using System.Diagnostics.CodeAnalysis;

namespace Iarnet.Bus.Memory;

/// <summary>Objects that nobody uses, up to a bound; beyond it they are the garbage collector's. Allocates nothing itself. Thread-safe.</summary>
internal sealed class BoundedPool<T>(int most)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly T?[] _free = new T?[most];
    private int _count;

    public bool TryTake([NotNullWhen(true)] out T? item)
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                item = null;
                return false;
            }

            item = _free[--_count]!;
            _free[_count] = null;
            return true;
        }
    }

    public void Return(T item)
    {
        lock (_lock)
        {
            if (_count < _free.Length)
            {
                _free[_count++] = item;
            }
        }
    }
}
