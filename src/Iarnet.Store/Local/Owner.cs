namespace Iarnet.Store;

/// <summary>What one owner has at a store. Guarded by the store's lock; gone from its table when it has nothing or was released.</summary>
internal sealed class Owner(string name)
{
    private Dictionary<ulong, StoredObject>? _leases;
    private HashSet<UnfinishedObject>? _unfinished;

    public string Name => name;

    /// <summary>What began before a release must not leave anything behind after it.</summary>
    public bool IsReleased { get; set; }

    /// <summary>References to objects.</summary>
    public int References { get; set; }

    /// <summary>Puts under way.</summary>
    public int InFlight { get; set; }

    public Dictionary<ulong, StoredObject> Leases => _leases ??= [];

    public HashSet<UnfinishedObject> Unfinished => _unfinished ??= [];

    public int UnfinishedCount => _unfinished?.Count ?? 0;

    public bool IsEmpty => References == 0 && InFlight == 0 && _leases is not { Count: > 0 } && _unfinished is not { Count: > 0 };
}
