using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Iarnet.Bus.Io;

/// <summary>
/// A thread that waits for the kernel and runs what becomes ready. Level-triggered. Before it sleeps it looks again for some
/// microseconds and yields between looks: that saves the sleep and the wake-up of a round trip, and without the yield a peer that
/// the kernel placed on the same core could not answer.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollLoop : IoLoop
{
    private const int EventsPerWait = 64;

    /// <summary>Too short below 20 microseconds for a round trip over TCP; above 50 it costs more at low rates than it gives.</summary>
    private static readonly TimeSpan SpinTime = TimeSpan.FromMicroseconds(30);

    private static readonly long SpinTicks = (long)(SpinTime.TotalSeconds * TimeProvider.System.TimestampFrequency);

    private readonly int _epoll = LinuxCalls.CreateEpoll();
    private readonly int _event = LinuxCalls.CreateEvent();
    private readonly List<(IEpollSource? Source, uint Generation)> _sources = [(null, 0)];
    private readonly Stack<int> _free = new();
    private SpinGauge _gauge;
    private int _sleeping;

    private EpollLoop()
    {
        LinuxCalls.Control(_epoll, LinuxCalls.EpollAdd, _event, EpollEvents.In, 0);
    }

    public static EpollLoop Start(int number)
    {
        var loop = new EpollLoop();
        new Thread(loop.Turn) { IsBackground = true, Name = $"iarnet-bus-{number}" }.UnsafeStart();
        return loop;
    }

    /// <summary>Waits for events of a descriptor from now on; the number is for the other calls. On the loop only.</summary>
    public int Add(int descriptor, EpollEvents events, IEpollSource source)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _sources.Count;
            _sources.Add((null, 0));
        }

        // The generation tells the events of a descriptor from those of an earlier one in the same place.
        var generation = _sources[slot].Generation + 1;
        _sources[slot] = (source, generation);
        LinuxCalls.Control(_epoll, LinuxCalls.EpollAdd, descriptor, events, Key(slot, generation));
        return slot;
    }

    public void Change(int slot, int descriptor, EpollEvents events) =>
        LinuxCalls.Control(_epoll, LinuxCalls.EpollModify, descriptor, events, Key(slot, _sources[slot].Generation));

    /// <summary>Before the descriptor is closed: no event of it is delivered any more.</summary>
    public void Remove(int slot, int descriptor)
    {
        LinuxCalls.Control(_epoll, LinuxCalls.EpollDelete, descriptor, EpollEvents.None, 0);
        _sources[slot] = (null, _sources[slot].Generation);
        _free.Push(slot);
    }

    protected override void Wake()
    {
        // The order is: post, then look whether it sleeps; the loop says that it sleeps, then looks for posts.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) == 1 && Interlocked.Exchange(ref _sleeping, 0) == 1)
        {
            ulong one = 1;
            LinuxCalls.Write(_event, &one, sizeof(ulong));
        }
    }

    private static ulong Key(int slot, uint generation) => ((ulong)generation << 32) | (uint)slot;

    private void Turn()
    {
        Enter();
        var size = LinuxCalls.EventSize;
        var events = (byte*)NativeMemory.Alloc((nuint)(EventsPerWait * size));
        while (true)
        {
            var count = RunPosted() ? LinuxCalls.Wait(_epoll, events, EventsPerWait, 0) : WaitForEvents(events);
            for (var i = 0; i < count; i++)
            {
                var entry = events + (i * size);
                Dispatch((EpollEvents)(*(uint*)entry), *(ulong*)(entry + LinuxCalls.EventData));
            }
        }
    }

    private int WaitForEvents(byte* events)
    {
        var count = LinuxCalls.Wait(_epoll, events, EventsPerWait, 0);
        if (count != 0)
        {
            return count;
        }

        if (_gauge.IsWorthIt())
        {
            var found = Spin(events, out count);
            _gauge.Note(found);
            if (found)
            {
                return count;
            }
        }

        Volatile.Write(ref _sleeping, 1);
        Interlocked.MemoryBarrier();
        if (!HasPosted)
        {
            count = LinuxCalls.Wait(_epoll, events, EventsPerWait, -1);
        }

        Volatile.Write(ref _sleeping, 0);
        return count;
    }

    private bool Spin(byte* events, out int count)
    {
        var time = TimeProvider.System;
        for (var end = time.GetTimestamp() + SpinTicks; time.GetTimestamp() < end;)
        {
            _ = LinuxCalls.Yield();
            count = 0;
            if (HasPosted)
            {
                return true;
            }

            count = LinuxCalls.Wait(_epoll, events, EventsPerWait, 0);
            if (count != 0)
            {
                return true;
            }
        }

        count = 0;
        return false;
    }

    private void Dispatch(EpollEvents happened, ulong key)
    {
        var slot = (int)(uint)key;
        if (slot == 0)
        {
            ulong value;
            LinuxCalls.Read(_event, &value, sizeof(ulong));
            return;
        }

        var (source, generation) = _sources[slot];
        if (source is null || generation != (uint)(key >> 32))
        {
            // Removed by what ran before it in this round.
            return;
        }

        try
        {
            source.Ready((happened & ~EpollEvents.Out) != EpollEvents.None, (happened & EpollEvents.Out) != EpollEvents.None);
        }
        catch (Exception e)
        {
            Faults.Report(e);
        }

        RunDeferred();
    }
}
