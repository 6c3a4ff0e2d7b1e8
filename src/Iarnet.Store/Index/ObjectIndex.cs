using System.Security.Cryptography;
using System.Text;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Index;

/// <summary>
/// The table of all objects. Its methods are called under the store's lock, while readers look things up without one. Records keep their place for
/// the life of their object; a record that was freed may be read by whoever found it before, and its state says that it is not that object any more.
/// </summary>
internal sealed unsafe class ObjectIndex
{
    private const int CommitStep = 256 * 1024;

    private readonly Pages _pages;
    private readonly IndexLayout _layout;
    private readonly Stack<int> _free = [];
    private readonly Dictionary<string, byte> _codecs = new(StringComparer.Ordinal);
    private readonly byte* _base;
    private int _used;
    private int _level = IndexLayout.FirstLevel;
    private long _recordsCommitted;
    private long _touchedCommitted;

    public ObjectIndex(Pages pages, IndexLayout layout)
    {
        _pages = pages;
        _layout = layout;
        _base = pages.Address;
        if (!pages.TryCommit(0, IndexLayout.HeaderBytes) || !TryCommitLevel(_level))
        {
            throw new IarnetException("There is no memory for the store's index.");
        }

        *(uint*)(_base + IndexLayout.MagicAt) = IndexLayout.Magic;
        *(uint*)(_base + IndexLayout.VersionAt) = IndexLayout.Version;
        *(int*)(_base + IndexLayout.MaxRecordsAt) = layout.MaxRecords;
        *(int*)(_base + IndexLayout.LevelAt) = _level;
        RandomNumberGenerator.Fill(new Span<byte>(_base + IndexLayout.SecretHighAt, 2 * sizeof(ulong)));
        Reader = new IndexReader(pages, layout);
    }

    public IndexReader Reader { get; }

    /// <summary>Objects that can be found.</summary>
    public int Count { get; private set; }

    /// <summary>Records that were ever used: those to look at when all objects are wanted.</summary>
    public int Used => _used;

    /// <summary>Bytes of memory that it takes.</summary>
    public long Bytes => IndexLayout.HeaderBytes + _recordsCommitted + _touchedCommitted + ((1L << _level) * sizeof(ulong));

    public Record* At(int index) => Reader.At(index);

    /// <summary>The number of a codec; false when there are too many of them.</summary>
    public bool TryGetCodec(string name, out byte number)
    {
        if (_codecs.TryGetValue(name, out number))
        {
            return true;
        }

        if (_codecs.Count == IndexLayout.MaxCodecs)
        {
            return false;
        }

        number = (byte)_codecs.Count;
        var place = _base + IndexLayout.CodecsAt + (number * IndexLayout.CodecBytes);
        *(ushort*)place = (ushort)Encoding.UTF8.GetBytes(name, new Span<byte>(place + 2, IndexLayout.CodecBytes - 2));
        Volatile.Write(ref *(int*)(_base + IndexLayout.CodecCountAt), number + 1);
        _codecs.Add(name, number);
        return true;
    }

    /// <summary>A record for a new object, not to be found yet; false when there is no memory or there are too many.</summary>
    public bool TryTake(out int index)
    {
        if (_free.TryPop(out index))
        {
            return true;
        }

        if (_used == _layout.MaxRecords || !TryGrowRecords())
        {
            return false;
        }

        index = _used++;
        return true;
    }

    /// <summary>Makes a record that was taken one that is found; false when there is no memory for the table.</summary>
    public bool TryPublish(int index)
    {
        // At most three quarters full.
        if (Count + 1 > (3L << _level) / 4 && !TryGrowTable())
        {
            return false;
        }

        Place(index);
        Count++;
        return true;
    }

    /// <summary>Makes a record one that is not found.</summary>
    public void Hide(int index)
    {
        var record = At(index);
        var hash = Reader.Hash(record->KeyHigh, record->KeyLow);
        var mask = (1UL << _level) - 1;
        var slots = Slots(_level);
        var at = hash & mask;
        while ((uint)slots[at] != (uint)(index + 1))
        {
            if (slots[at] == 0)
            {
                throw new InvalidOperationException($"Record {index} is not in the table.");
            }

            at = (at + 1) & mask;
        }

        // What follows moves up where it may, so that no search ends early; a reader may miss what is being moved.
        for (var next = (at + 1) & mask; slots[next] != 0; next = (next + 1) & mask)
        {
            var moved = At((int)(uint)slots[next] - 1);
            var home = Reader.Hash(moved->KeyHigh, moved->KeyLow) & mask;
            if (((next - home) & mask) >= ((next - at) & mask))
            {
                Volatile.Write(ref slots[at], slots[next]);
                at = next;
            }
        }

        Volatile.Write(ref slots[at], 0);
        Count--;
    }

    /// <summary>Gives a record back that is not found any more.</summary>
    public void Return(int index) => _free.Push(index);

    /// <summary>Whether it was read since the last call.</summary>
    public bool TakeTouched(int index)
    {
        var touched = _base + _layout.TouchedAt + index;
        var record = At(index);
        var was = *touched != 0 || record->Touched != 0;
        *touched = 0;
        record->Touched = 0;
        return was;
    }

    private ulong* Slots(int level) => (ulong*)(_base + _layout.SlotsAt(level));

    private void Place(int index)
    {
        var record = At(index);
        var hash = Reader.Hash(record->KeyHigh, record->KeyLow);
        var mask = (1UL << _level) - 1;
        var slots = Slots(_level);
        var at = hash & mask;
        while (slots[at] != 0)
        {
            at = (at + 1) & mask;
        }

        Volatile.Write(ref slots[at], (hash & 0xffff_ffff_0000_0000) | (uint)(index + 1));
    }

    private bool TryGrowRecords()
    {
        var needed = (long)(_used + 1) * Record.Bytes;
        if (needed > _recordsCommitted)
        {
            var step = Math.Min(CommitStep, Pages.RoundUp((long)_layout.MaxRecords * Record.Bytes) - _recordsCommitted);
            if (!_pages.TryCommit(_layout.RecordsAt + _recordsCommitted, step))
            {
                return false;
            }

            _recordsCommitted += step;
        }

        if (_used + 1 > _touchedCommitted)
        {
            var step = Math.Min(64 * 1024, _layout.RecordsAt - _layout.TouchedAt - _touchedCommitted);
            if (!_pages.TryCommit(_layout.TouchedAt + _touchedCommitted, step))
            {
                return false;
            }

            _touchedCommitted += step;
        }

        return true;
    }

    private bool TryCommitLevel(int level) => _pages.TryCommit(_layout.SlotsAt(level), (1L << level) * sizeof(ulong));

    private bool TryGrowTable()
    {
        if (_level == _layout.LastLevel || !TryCommitLevel(_level + 1))
        {
            return false;
        }

        var old = _level++;
        var slots = Slots(old);
        for (var i = 0L; i < 1L << old; i++)
        {
            if (slots[i] != 0)
            {
                Place((int)(uint)slots[i] - 1);
            }
        }

        Volatile.Write(ref *(int*)(_base + IndexLayout.LevelAt), _level);
        if (!OperatingSystem.IsWindows())
        {
            // Whoever still looks there finds nothing, and asks under the lock. (On Windows it would be a fault.)
            _pages.Decommit(_layout.SlotsAt(old), (1L << old) * sizeof(ulong));
        }

        return true;
    }
}
