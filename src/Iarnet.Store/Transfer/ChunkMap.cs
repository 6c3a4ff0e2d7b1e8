namespace Iarnet.Store.Transfer;

/// <summary>Which chunks of an object are here, asked for, or missing. Thread-safe.</summary>
internal sealed class ChunkMap(long size)
{
    private const byte Missing = 0;
    private const byte Taken = 1;
    private const byte Here = 2;
    private const int MostDamages = 3;

    private readonly Lock _gate = new();
    private readonly byte[] _chunks = new byte[(int)((size + TransferLimits.ChunkBytes - 1) / TransferLimits.ChunkBytes)];
    private readonly Dictionary<int, int> _damages = [];
    private TaskCompletionSource? _changed;
    private int _first;
    private int _here;

    public int Chunks => _chunks.Length;

    public int Arrivals
    {
        get
        {
            lock (_gate)
            {
                return _here;
            }
        }
    }

    public bool IsComplete => Arrivals == _chunks.Length;

    public int LengthOf(int chunk) => (int)Math.Min(size - ((long)chunk * TransferLimits.ChunkBytes), TransferLimits.ChunkBytes);

    /// <summary>The next run of missing chunks. One that arrived damaged is a run of its own, because it is asked for in another way.</summary>
    public bool TryTake(int most, out ChunkRun run)
    {
        lock (_gate)
        {
            while (_first < _chunks.Length && _chunks[_first] == Here)
            {
                _first++;
            }

            for (var i = _first; i < _chunks.Length; i++)
            {
                if (_chunks[i] == Missing)
                {
                    var fresh = _damages.ContainsKey(i);
                    var count = 0;
                    do
                    {
                        _chunks[i + count++] = Taken;
                    }
                    while (!fresh && count < most && i + count < _chunks.Length && _chunks[i + count] == Missing && !_damages.ContainsKey(i + count));
                    run = new ChunkRun(i, count, fresh);
                    return true;
                }
            }
        }

        run = default;
        return false;
    }

    /// <summary>What has not arrived of a run is missing again.</summary>
    public void GiveBack(ChunkRun run)
    {
        lock (_gate)
        {
            for (var i = run.First; i < run.First + run.Count; i++)
            {
                _chunks[i] = _chunks[i] == Taken ? Missing : _chunks[i];
            }
        }
    }

    public void Arrived(int chunk)
    {
        TaskCompletionSource? changed = null;
        lock (_gate)
        {
            if (_chunks[chunk] != Here)
            {
                _chunks[chunk] = Here;
                _here++;
                changed = _changed;
                _changed = null;
            }
        }

        changed?.SetResult();
    }

    /// <summary>A chunk came and did not fit its checksum; false when that has happened too often.</summary>
    public bool Damaged(int chunk)
    {
        lock (_gate)
        {
            _chunks[chunk] = Missing;
            return (_damages[chunk] = _damages.GetValueOrDefault(chunk) + 1) < MostDamages;
        }
    }

    /// <summary>Another holder has its own chances.</summary>
    public void ForgiveDamages()
    {
        lock (_gate)
        {
            foreach (var chunk in _damages.Keys)
            {
                _damages[chunk] = 1;
            }
        }
    }

    /// <summary>Whether all these chunks are here; if not, <paramref name="arrival"/> completes when another chunk arrives.</summary>
    public bool AreHere(int first, int last, out Task arrival)
    {
        lock (_gate)
        {
            for (var i = first; i <= last; i++)
            {
                if (_chunks[i] != Here)
                {
                    arrival = (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                    return false;
                }
            }
        }

        arrival = Task.CompletedTask;
        return true;
    }
}
