namespace Iarnet.Bus.Components;

/// <summary>Messages in the order in which they leave: the higher level first, in order inside a level. Any can be taken out at once.</summary>
internal sealed class MessageLevels
{
    public const int Levels = 3;

    private readonly WaitingMessage?[] _first = new WaitingMessage?[Levels];
    private readonly WaitingMessage?[] _last = new WaitingMessage?[Levels];
    private readonly int[] _count = new int[Levels];
    private readonly long[] _bytes = new long[Levels];

    public int Count { get; private set; }

    /// <summary>The next to leave.</summary>
    public WaitingMessage? First => _first[2] ?? _first[1] ?? _first[0];

    /// <summary>How many wait at a level. Read by metrics without the lock.</summary>
    public int CountAt(int level) => Volatile.Read(ref _count[level]);

    /// <summary>The payload that waits at a level. Read by metrics without the lock.</summary>
    public long BytesAt(int level) => Volatile.Read(ref _bytes[level]);

    /// <summary>Whether something is in the way of a new message of a level.</summary>
    public bool HasAtOrAbove(BusPriority priority)
    {
        for (var level = (int)priority; level < Levels; level++)
        {
            if (_first[level] is not null)
            {
                return true;
            }
        }

        return false;
    }

    public void Add(WaitingMessage message)
    {
        var level = (int)message.Message.Priority;
        message.List = this;
        message.Next = null;
        message.Previous = _last[level];
        if (message.Previous is { } previous)
        {
            previous.Next = message;
        }
        else
        {
            _first[level] = message;
        }

        _last[level] = message;
        _count[level]++;
        _bytes[level] += message.Message.Payload.Length;
        Count++;
    }

    public void Remove(WaitingMessage message)
    {
        var level = (int)message.Message.Priority;
        if (message.Previous is { } previous)
        {
            previous.Next = message.Next;
        }
        else
        {
            _first[level] = message.Next;
        }

        if (message.Next is { } next)
        {
            next.Previous = message.Previous;
        }
        else
        {
            _last[level] = message.Previous;
        }

        (message.List, message.Previous, message.Next) = (null, null, null);
        _count[level]--;
        _bytes[level] -= message.Message.Payload.Length;
        Count--;
    }

    /// <summary>The one that leaves after this one.</summary>
    public WaitingMessage? After(WaitingMessage message)
    {
        if (message.Next is { } next)
        {
            return next;
        }

        for (var level = (int)message.Message.Priority - 1; level >= 0; level--)
        {
            if (_first[level] is { } first)
            {
                return first;
            }
        }

        return null;
    }
}
