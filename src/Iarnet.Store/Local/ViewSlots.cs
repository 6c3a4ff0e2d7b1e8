using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Iarnet.Store;

/// <summary>
/// Which records each thread of this process looks at through an <see cref="ObjectView"/>: hazard pointers. A thread writes its own slots with plain
/// stores; whoever wants to take a record's memory changes the record's state, makes every thread pass a barrier, and then looks at all slots. So
/// the price of ordering is paid by those who free, in batches, and not by those who read.
/// </summary>
/// <remarks>Maged Michael, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects", 2004; the asymmetric barrier is the system's.</remarks>
internal sealed unsafe class ViewSlots
{
    /// <summary>Views that one thread can have open at a time; more are counted in the records instead.</summary>
    public const int Count = 8;

    private static readonly Lock Gate = new();
    private static readonly Stack<nint> Unused = [];
    private static volatile nint[] _all = [];

    // The slots of _mine, which keeps them this thread's.
    [ThreadStatic]
    private static nuint* _first;

    [ThreadStatic]
    private static ViewSlots? _mine;

    private readonly nuint* _slots;

    private ViewSlots()
    {
        lock (Gate)
        {
            if (!Unused.TryPop(out var slots))
            {
                // A cache line of its own, for the life of the process.
                slots = (nint)NativeMemory.AlignedAlloc(Count * (nuint)sizeof(nuint), 64);
                new Span<nuint>((void*)slots, Count).Clear();
                _all = [.. _all, slots];
            }

            _slots = (nuint*)slots;
        }
    }

    // The thread has ended; a view that it did not dispose ends with it.
    ~ViewSlots()
    {
        new Span<nuint>(_slots, Count).Clear();
        lock (Gate)
        {
            Unused.Push((nint)_slots);
        }
    }

    /// <summary>Whether any thread ever had a view.</summary>
    public static bool Any => _all.Length > 0;

    /// <summary>A slot of this thread that is free; null when it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint* Free()
    {
        var slots = _first;
        return slots is not null && *slots == 0 ? slots : FreeSlow();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint* FreeSlow()
    {
        var slots = _first = (_mine ??= new ViewSlots())._slots;
        for (var i = 0; i < Count; i++)
        {
            if (slots[i] == 0)
            {
                return slots + i;
            }
        }

        return null;
    }

    /// <summary>Whether a thread looks at a record; to be believed after a barrier of the whole process.</summary>
    public static bool Holds(void* record)
    {
        foreach (var block in _all)
        {
            foreach (ref var slot in new Span<nuint>((void*)block, Count))
            {
                if (Volatile.Read(ref slot) == (nuint)record)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>How many views there are of records within a range of addresses.</summary>
    public static int CountWithin(void* from, void* to)
    {
        var count = 0;
        foreach (var block in _all)
        {
            foreach (ref var slot in new Span<nuint>((void*)block, Count))
            {
                var record = Volatile.Read(ref slot);
                count += record >= (nuint)from && record < (nuint)to ? 1 : 0;
            }
        }

        return count;
    }
}
