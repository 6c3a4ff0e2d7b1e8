using Iarnet.Objects;

namespace Iarnet.Store.Transfer;

/// <summary>
/// The checksums of chunks that were served or received, so that a chunk is read for its checksum once and not for each reader, and a relay passes
/// on the source's: damage in its memory is found by whoever reads from it. Bounded; the objects longest not used go first. Thread-safe.
/// </summary>
internal sealed class ChecksumCache(int mostChunks)
{
    private readonly Dictionary<ObjectRef, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private int _chunks;

    public bool TryGet(in ObjectRef reference, long size, int chunk, out uint checksum)
    {
        lock (_entries)
        {
            checksum = 0;
            if (!_entries.TryGetValue(reference, out var node) || node.Value.Size != size || !node.Value.Known[chunk])
            {
                return false;
            }

            checksum = node.Value.Checksums[chunk];
            if (_byUse.Last != node)
            {
                _byUse.Remove(node);
                _byUse.AddLast(node);
            }

            return true;
        }
    }

    public void Set(in ObjectRef reference, long size, int chunk, uint checksum)
    {
        lock (_entries)
        {
            // An id can be used again for other bytes, of another size or not: what was known of the old ones goes.
            if (_entries.TryGetValue(reference, out var node) && node.Value.Size != size)
            {
                Remove(node);
                node = null;
            }

            if (node is null)
            {
                var chunks = (int)((size + TransferLimits.ChunkBytes - 1) / TransferLimits.ChunkBytes);
                if (chunks > mostChunks)
                {
                    return;
                }

                while (_chunks + chunks > mostChunks && _byUse.First is { } oldest)
                {
                    Remove(oldest);
                }

                node = _byUse.AddLast(new Entry(reference, size, new uint[chunks], new bool[chunks]));
                _entries.Add(reference, node);
                _chunks += chunks;
            }

            node.Value.Checksums[chunk] = checksum;
            node.Value.Known[chunk] = true;
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Reference);
        _byUse.Remove(node);
        _chunks -= node.Value.Checksums.Length;
    }

    private sealed record Entry(ObjectRef Reference, long Size, uint[] Checksums, bool[] Known);
}
