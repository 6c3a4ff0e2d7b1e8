using System.Buffers;

namespace Iarnet.Store.Disk;

/// <summary>An object to be written. The memory must stay as it is until the append has completed.</summary>
internal readonly record struct DiskWrite(DiskRecord Record, ReadOnlySequence<byte> Bytes)
{
    public DiskWrite(DiskRecord record, ReadOnlyMemory<byte> bytes)
        : this(record, new ReadOnlySequence<byte>(bytes))
    {
    }
}
