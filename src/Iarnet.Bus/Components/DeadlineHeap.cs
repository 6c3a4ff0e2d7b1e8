namespace Iarnet.Bus.Components;

/// <summary>
/// Deadlines, the earliest first. The framework's PriorityQueue finds an entry to remove by looking at all of them; most entries
/// here are removed long before their time (a request is answered, a message leaves), so each knows its place.
/// </summary>
internal sealed class DeadlineHeap
{
    private Deadline[] _items = new Deadline[4];

    public int Count { get; private set; }

    /// <summary>The earliest time; the end of time when there is none.</summary>
    public long Earliest => Count == 0 ? long.MaxValue : _items[0].At;

    public Deadline First => _items[0];

    public void Add(Deadline item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        Rise(Count++, item);
    }

    /// <summary>Does nothing for one that is not in it.</summary>
    public void Remove(Deadline item)
    {
        var place = item.Place;
        if (place < 0)
        {
            return;
        }

        item.Place = -1;
        var last = _items[--Count];
        _items[Count] = null!;
        if (last == item)
        {
            return;
        }

        if (place > 0 && last.At < _items[(place - 1) / 2].At)
        {
            Rise(place, last);
        }
        else
        {
            Sink(place, last);
        }
    }

    public void Clear()
    {
        for (var i = 0; i < Count; i++)
        {
            _items[i].Place = -1;
        }

        Count = 0;
        _items = new Deadline[4];
    }

    private void Rise(int place, Deadline item)
    {
        while (place > 0 && item.At < _items[(place - 1) / 2].At)
        {
            Put(place, _items[(place - 1) / 2]);
            place = (place - 1) / 2;
        }

        Put(place, item);
    }

    private void Sink(int place, Deadline item)
    {
        while (true)
        {
            var child = (2 * place) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _items[child + 1].At < _items[child].At)
            {
                child++;
            }

            if (item.At <= _items[child].At)
            {
                break;
            }

            Put(place, _items[child]);
            place = child;
        }

        Put(place, item);
    }

    private void Put(int place, Deadline item)
    {
        _items[place] = item;
        item.Place = place;
    }
}
