namespace Iarnet.Dag;

/// <summary>A queue that also takes back at its front. Not thread-safe.</summary>
internal sealed class Deque<T>
    where T : class
{
    private T?[] _items = new T?[16];
    private int _first;

    public int Count { get; private set; }

    /// <summary>The item that <see cref="RemoveFirst"/> would take; there must be one.</summary>
    public T First => _items[_first]!;

    public void AddLast(T item)
    {
        EnsureRoom();
        _items[(_first + Count++) & (_items.Length - 1)] = item;
    }

    public void AddFirst(T item)
    {
        EnsureRoom();
        _first = (_first - 1) & (_items.Length - 1);
        _items[_first] = item;
        Count++;
    }

    public T RemoveFirst()
    {
        var item = _items[_first]!;
        _items[_first] = null;
        _first = (_first + 1) & (_items.Length - 1);
        Count--;
        return item;
    }

    private void EnsureRoom()
    {
        if (Count < _items.Length)
        {
            return;
        }

        // Lengths are powers of two, so that a mask wraps an index.
        var larger = new T?[_items.Length * 2];
        var tail = _items.Length - _first;
        Array.Copy(_items, _first, larger, 0, tail);
        Array.Copy(_items, 0, larger, tail, _first);
        _items = larger;
        _first = 0;
    }
}
