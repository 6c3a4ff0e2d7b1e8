using System.Buffers;

namespace Iarnet.Bus.Memory;

/// <summary>
/// A stretch of memory that was received into, counted by those who still read it. Whoever forgets to release it costs the reuse
/// and nothing else: then the garbage collector takes it.
/// </summary>
internal sealed class Slab
{
    private readonly bool _isLarge;
    private int _users = 1;

    private Slab(byte[] buffer, bool isLarge)
    {
        Buffer = buffer;
        _isLarge = isLarge;
    }

    public byte[] Buffer { get; }

    /// <summary>Whether anybody but the one who asks still reads it.</summary>
    public bool IsShared => Volatile.Read(ref _users) > 1;

    /// <summary>One of the usual size.</summary>
    public static Slab Usual() => SlabPool.TryTake() ?? new Slab(GC.AllocateUninitializedArray<byte>(SlabPool.Size, pinned: true), isLarge: false);

    /// <summary>For one message of at least so many bytes.</summary>
    public static Slab Large(int size) => new(ArrayPool<byte>.Shared.Rent(size), isLarge: true);

    public void Use() => Interlocked.Increment(ref _users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0)
        {
            return;
        }

        if (_isLarge)
        {
            ArrayPool<byte>.Shared.Return(Buffer);
            return;
        }

        _users = 1;
        SlabPool.Return(this);
    }
}
