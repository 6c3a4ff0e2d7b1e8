using System.Runtime.CompilerServices;
using System.Text;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Index;

/// <summary>
/// Looks objects up without a lock, in the store's process and in others. What it finds is a hint: the record's state is what counts. It may miss
/// an object while the table changes, and never finds one under a key that is not its own once its state was leased and the key compared again.
/// </summary>
internal sealed unsafe class IndexReader
{
    // Keep what is read mapped.
    private readonly Pages _pages;
    private readonly Pages? _touchedPages;
    private readonly byte* _base;
    private readonly nint[] _slots;
    private readonly Record* _records;
    private readonly byte* _touched;
    private readonly ulong _secretHigh;
    private readonly ulong _secretLow;
    private readonly string?[] _codecs = new string?[IndexLayout.MaxCodecs];

    /// <summary>Reads an index that is there.</summary>
    /// <param name="pages">The index.</param>
    /// <param name="layout">What lies where.</param>
    /// <param name="touched">Where the bytes are that say what was read lately, when this process has the rest mapped for reading only.</param>
    public IndexReader(Pages pages, IndexLayout layout, Pages? touched = null)
    {
        _pages = pages;
        _touchedPages = touched;
        _base = pages.Address;
        _slots = new nint[32];
        for (var level = IndexLayout.FirstLevel; level <= layout.LastLevel; level++)
        {
            _slots[level] = (nint)(_base + layout.SlotsAt(level));
        }

        _records = (Record*)(_base + layout.RecordsAt);
        _touched = touched is null ? _base + layout.TouchedAt : touched.Address;
        _secretHigh = *(ulong*)(_base + IndexLayout.SecretHighAt);
        _secretLow = *(ulong*)(_base + IndexLayout.SecretLowAt);
    }

    /// <summary>The record of a key; null when it was not found.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Record* Find(UInt128 key) => Find(KeyHalves.Of(key));

    /// <inheritdoc cref="Find(UInt128)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Record* Find(KeyHalves key)
    {
        var high = key.High;
        var low = key.Low;
        var hash = Hash(high, low);
        var level = Volatile.Read(ref *(int*)(_base + IndexLayout.LevelAt));
        var mask = (1UL << level) - 1;
        var slots = (ulong*)_slots[level];
        for (var at = hash & mask; ; at = (at + 1) & mask)
        {
            var slot = Volatile.Read(ref slots[at]);
            if (slot == 0)
            {
                return null;
            }

            if ((slot ^ hash) >> 32 == 0)
            {
                var record = _records + ((uint)slot - 1);
                if (record->KeyLow == low && record->KeyHigh == high)
                {
                    return record;
                }
            }
        }
    }

    public Record* At(int index) => _records + index;

    /// <summary>The index that other processes of the host share, as this one sees it.</summary>
    /// <exception cref="IOException">It is not there, or is not one that this version reads.</exception>
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public static IndexReader Open(string path)
    {
        var header = FilePages.Open(path, IndexLayout.HeaderBytes, writable: false);
        var (magic, version, most) = (*(uint*)(header.Address + IndexLayout.MagicAt), *(uint*)(header.Address + IndexLayout.VersionAt), *(int*)(header.Address + IndexLayout.MaxRecordsAt));
        GC.KeepAlive(header);
        if (magic != IndexLayout.Magic || version != IndexLayout.Version || most <= 0)
        {
            throw new IOException($"The index '{path}' has magic {magic:x8} and version {version}: expected {IndexLayout.Magic:x8} and {IndexLayout.Version}.");
        }

        var layout = new IndexLayout(most);
        return new IndexReader(
            FilePages.Open(path, layout.Length, writable: false), layout, FilePages.Open(path, Pages.RoundUp(most), writable: true, layout.TouchedAt));
    }

    public int IndexOf(Record* record) => (int)(record - _records);

    /// <summary>Says that a record was read lately.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(Record* record)
    {
        var touched = _touched + (record - _records);
        if (*touched == 0)
        {
            *touched = 1;
        }
    }

    /// <summary>A codec's name by its number.</summary>
    public string Codec(int number) => _codecs[number] ?? ReadCodec(number);

    public ulong Hash(ulong high, ulong low)
    {
        // A folded multiplication with secret operands: ids that others choose must not be able to aim at one slot.
        var upper = Math.BigMul(low ^ _secretLow, high ^ _secretHigh, out var lower);
        return upper ^ lower;
    }

    private string ReadCodec(int number)
    {
        var place = _base + IndexLayout.CodecsAt + (number * IndexLayout.CodecBytes);
        var length = Math.Min(*(ushort*)place, (ushort)(IndexLayout.CodecBytes - 2));
        var name = _codecs[number] = Encoding.UTF8.GetString(place + 2, length);
        GC.KeepAlive(_pages);
        GC.KeepAlive(_touchedPages);
        return name;
    }
}
