namespace Iarnet.Store.Streams;

/// <summary>Objects that a stream gives up; nearly always none or one.</summary>
internal struct FreeBlocks
{
    private UInt128 _one;
    private List<UInt128>? _more;

    public int Count { get; private set; }

    public readonly UInt128 this[int index] => index == 0 ? _one : _more![index - 1];

    public void Add(UInt128 block)
    {
        if (Count++ == 0)
        {
            _one = block;
        }
        else
        {
            (_more ??= []).Add(block);
        }
    }
}
