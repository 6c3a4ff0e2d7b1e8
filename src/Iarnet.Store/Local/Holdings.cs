namespace Iarnet.Store;

/// <summary>A <see cref="Holding"/> for each record of the index. Grows without moving, and without having twice what it needs.</summary>
internal sealed class Holdings
{
    private const int Shift = 12;

    private readonly List<Holding[]> _chunks = [];

    public ref Holding this[int record] => ref _chunks[record >> Shift][record & ((1 << Shift) - 1)];

    /// <summary>Makes room for a record.</summary>
    public void Reach(int record)
    {
        while (_chunks.Count <= record >> Shift)
        {
            _chunks.Add(new Holding[1 << Shift]);
        }
    }
}
