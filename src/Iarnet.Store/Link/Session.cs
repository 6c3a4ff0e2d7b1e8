using System.Runtime.Versioning;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Link;

/// <summary>
/// The store's end of what it shares with one client. What the client wrote is not trusted further than the checks here go; it is a process of the
/// same user, and its worst is to spoil its own objects.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class Session
{
    private readonly Lock _draining = new();
    private readonly Pages _pages;
    private readonly byte* _base;
    private readonly string _path;
    private readonly ISessionSink _sink;
    private byte[] _lastCodecBytes = [];
    private string _lastCodec = "";
    private ulong _spent;

    // The store's own count: the word in the ring is for the client, which could write anything there.
    private ulong _tail;
    private volatile bool _isOrphan;
    private volatile bool _ended;

    public Session(string folder, string name, string owner, ISessionSink sink)
    {
        _path = Path.Combine(folder, name);
        _sink = sink;
        Name = name;
        Owner = owner;
        _pages = FilePages.Create(_path, SessionLayout.Length);
        _base = _pages.Address;
        if (!_pages.TryCommit(0, Pages.RoundUp(SessionLayout.Length)))
        {
            File.Delete(_path);
            throw new StoreFullException($"There is no shared memory for the session of '{owner}', which takes {SessionLayout.Length} bytes.");
        }

        *(uint*)(_base + SessionLayout.MagicAt) = SessionLayout.Magic;
        *(uint*)(_base + SessionLayout.VersionAt) = SessionLayout.Version;
        *(int*)(_base + SessionLayout.SleepingAt) = 1;
        if (!sink.IsShort)
        {
            Extend();
        }
    }

    public string Name { get; }

    public string Owner { get; }

    /// <summary>Whether the client reads a record under a generation.</summary>
    public bool Holds(int record, uint generation)
    {
        var wanted = SessionLayout.Slot(record, generation);
        var slots = Slots;
        for (var i = 0; i < slots.Length; i++)
        {
            if (Volatile.Read(ref slots[i]) == wanted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The records that the client reads.</summary>
    public IEnumerable<(int Record, uint Generation)> Held()
    {
        var held = new List<(int, uint)>();
        foreach (ref var slot in Slots)
        {
            var value = Volatile.Read(ref slot);
            if (value != 0)
            {
                held.Add(((int)(uint)value - 1, (uint)(value >> 32)));
            }
        }

        return held;
    }

    /// <summary>Takes out of the ring what is in it; false when there was nothing.</summary>
    public bool Drain()
    {
        if (_ended || IsEmpty)
        {
            return false;
        }

        lock (_draining)
        {
            // Where the client is now: one that puts without a pause must not keep whoever drains for it.
            var head = Volatile.Read(ref *(ulong*)(_base + SessionLayout.HeadAt));
            var began = _tail;
            if (head - _tail > SessionLayout.RingBytes)
            {
                throw new IarnetException($"The session of '{Owner}' says that its ring holds {head - _tail} bytes, of {SessionLayout.RingBytes}: the client is broken.");
            }

            while (!_ended && _tail != head && TryTake(head))
            {
                Volatile.Write(ref *(ulong*)(_base + SessionLayout.TailAt), _tail);
            }

            return _tail != began;
        }
    }

    /// <summary>As <see cref="Drain"/>, and sees to it that the client tells when there is more.</summary>
    public void DrainAndSleep()
    {
        ref var sleeping = ref *(int*)(_base + SessionLayout.SleepingAt);
        while (!_ended)
        {
            Drain();
            Interlocked.Exchange(ref sleeping, 1);

            // Whatever the client put in before it saw the 1 is seen here, and whatever it put in later it tells.
            if (IsEmpty || _sink.IsStalled)
            {
                return;
            }

            Volatile.Write(ref sleeping, 0);
        }
    }

    /// <summary>The client may put as much again as the ring holds; called when the store has room.</summary>
    public void Extend() => Volatile.Write(ref *(ulong*)(_base + SessionLayout.CreditAt), Volatile.Read(ref _spent) + SessionLayout.RingBytes);

    /// <summary>Whether the client is gone and all that it published is taken out.</summary>
    public bool IsOver => _ended || (_isOrphan && IsEmpty);

    /// <summary>
    /// The client is gone: what it reads counts no more, and what it published still does. What the store has no room for now stays here, to be
    /// taken out later: the client was told that it is put.
    /// </summary>
    public void End()
    {
        _isOrphan = true;
        File.Delete(_path);
        try
        {
            Drain();
        }
        catch
        {
            _ended = true;
            throw;
        }
    }

    private bool IsEmpty => Volatile.Read(ref *(ulong*)(_base + SessionLayout.HeadAt)) == Volatile.Read(ref _tail);

    private Span<ulong> Slots => _isOrphan ? default : new(_base + SessionLayout.SlotsAt, Math.Clamp(Volatile.Read(ref *(int*)(_base + SessionLayout.HighWaterAt)), 0, SessionLayout.SlotCount));

    // False when the store has no room for it at all.
    private bool TryTake(ulong head)
    {
        var at = (int)(_tail % SessionLayout.RingBytes);
        var place = _base + SessionLayout.RingAt + at;
        var length = (int)Math.Min(*(uint*)place, int.MaxValue);
        if (length < 8 || length % 8 != 0 || length > SessionLayout.RingBytes - at || (ulong)length > head - _tail)
        {
            throw new IarnetException($"The session of '{Owner}' has an entry of {length} bytes at {at} of its ring: the client is broken.");
        }

        var operation = (RingOperation)place[4];
        if (operation != RingOperation.Skip)
        {
            if (length < RingEntry.Bytes)
            {
                throw new IarnetException($"The session of '{Owner}' has an entry of {length} bytes at {at} of its ring, where its head has {RingEntry.Bytes}: the client is broken.");
            }

            var entry = *(RingEntry*)place;
            if (operation == RingOperation.Release)
            {
                _sink.Release(new UInt128(entry.IdHigh, entry.IdLow), Owner);
            }
            else if (operation != RingOperation.Put)
            {
                throw new IarnetException($"The session of '{Owner}' has an entry of kind {(int)operation} at {at} of its ring: the client is broken.");
            }
            else if (RingEntry.LengthOf(entry.CodecLength, (int)Math.Min(entry.Size, SessionLayout.RingBytes)) > length)
            {
                throw new IarnetException($"The session of '{Owner}' has an object of {entry.Size} bytes in an entry of {length}: the client is broken.");
            }
            else
            {
                var bytes = new ReadOnlySpan<byte>(place + RingEntry.Bytes + entry.CodecLength, (int)entry.Size);
                if (!_sink.TryPut(new UInt128(entry.IdHigh, entry.IdLow), bytes, Codec(new ReadOnlySpan<byte>(place + RingEntry.Bytes, entry.CodecLength)), Owner, entry.TimeToLive))
                {
                    return false;
                }

                Volatile.Write(ref _spent, _spent + (ulong)Pool.Cost(entry.Size));
            }
        }

        _tail += (uint)length;
        if (!_sink.IsShort)
        {
            Extend();
        }

        return true;
    }

    private string Codec(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || !name.SequenceEqual(_lastCodecBytes))
        {
            var text = System.Text.Encoding.UTF8.GetString(name);
            if (text.Length is 0 or > StoreNames.LongestCodec)
            {
                throw new IarnetException($"The session of '{Owner}' names a codec with {text.Length} characters, of at most {StoreNames.LongestCodec}: the client is broken.");
            }

            _lastCodecBytes = name.ToArray();
            _lastCodec = text;
        }

        return _lastCodec;
    }
}
