namespace Iarnet.Store.Streams;

/// <summary>The chunks of a stream that are still there: a ring that grows.</summary>
internal sealed class ChunkRing
{
    private const int FirstLength = 32;

    private StreamChunk[] _ring = [];

    /// <summary>The first that is there.</summary>
    public long First { get; private set; }

    /// <summary>Behind the last one.</summary>
    public long Next { get; private set; }

    public ref StreamChunk this[long offset] => ref _ring[offset & (_ring.Length - 1)];

    /// <summary>Bytes of the stream before a chunk, which need not be there yet.</summary>
    public long PositionOf(long offset, long end) => offset < Next ? this[offset].Position : end;

    public void Add(in StreamChunk chunk)
    {
        if (Next - First == _ring.Length)
        {
            var larger = new StreamChunk[Math.Max(FirstLength, checked(2 * _ring.Length))];
            for (var offset = First; offset < Next; offset++)
            {
                larger[offset & (larger.Length - 1)] = this[offset];
            }

            _ring = larger;
        }

        _ring[Next++ & (_ring.Length - 1)] = chunk;
    }

    /// <summary>Forgets those before an offset.</summary>
    /// <returns>The objects that no chunk is in any more.</returns>
    public FreeBlocks Trim(long first)
    {
        var free = default(FreeBlocks);
        for (; First < first; First++)
        {
            // The chunks of one object are added together, so that one whose follower is in another object, or not there, is its last.
            var block = this[First].Block;
            if (First + 1 == Next || this[First + 1].Block != block)
            {
                free.Add(block);
            }
        }

        if (First == Next && _ring.Length > FirstLength)
        {
            // A writer far ahead made it large.
            _ring = [];
        }

        return free;
    }
}
