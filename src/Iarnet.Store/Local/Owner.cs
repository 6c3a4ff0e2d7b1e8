namespace Iarnet.Store;

/// <summary>What one owner has at a store. Guarded by the store's lock; gone from its table when it has nothing or was released.</summary>
internal sealed class Owner(string name, int number)
{
    private HashSet<UnfinishedObject>? _unfinished;

    public string Name => name;

    /// <summary>Its place in the table of owners, by which records name it.</summary>
    public int Number => number;

    /// <summary>What began before a release must not leave anything behind after it.</summary>
    public bool IsReleased { get; set; }

    /// <summary>References to objects.</summary>
    public long References { get; set; }

    /// <summary>Bytes of the objects that it has references to, and of what it has begun.</summary>
    public long Bytes { get; set; }

    /// <summary>Puts under way.</summary>
    public int InFlight { get; set; }

    public HashSet<UnfinishedObject> Unfinished => _unfinished ??= [];

    public int UnfinishedCount => _unfinished?.Count ?? 0;

    public bool IsEmpty => References == 0 && InFlight == 0 && _unfinished is not { Count: > 0 };
}
