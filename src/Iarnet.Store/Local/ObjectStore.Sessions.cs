using Iarnet.Objects;
using Iarnet.Store.Index;
using Iarnet.Store.Link;

namespace Iarnet.Store;

/// <content>Other processes that read and write the memory themselves.</content>
public sealed unsafe partial class ObjectStore : ISessionSink
{
    private volatile Session[] _sessions = [];
    private volatile bool _stalled;
    private int _lastSession;

    bool ISessionSink.IsShort => _options.OwnerQuota is not null || _stalled || _room.Waiting > 0 || _pool.Used > _pool.Limit - (_pool.Limit / 16);

    bool ISessionSink.IsStalled => _stalled;

    /// <summary>Where the bytes of a lease that this store gave lie in the pool.</summary>
    internal long OffsetOf(ObjectLease lease) => _reader.At((int)lease.Number)->Offset;

    /// <summary>The size of what is in a record, by a number that another process may have made up.</summary>
    internal long SizeOf(int record) => (uint)record < (uint)_index.Used ? _reader.At(record)->Size : 0;

    /// <summary>
    /// The processes of this host that are connected, with what they read now: whoever never gives its leases back is found here, and is named in
    /// the text of <see cref="StoreFullException"/>.
    /// </summary>
    public IReadOnlyList<StoreReader> Readers
    {
        get
        {
            var readers = new List<StoreReader>();
            if (OperatingSystem.IsLinux() && _links is { } links)
            {
                foreach (var connection in links.Connections)
                {
                    var (leases, bytes) = connection.Reading();
                    readers.Add(new StoreReader(connection.Owner, connection.ProcessId, leases, bytes));
                }
            }

            return readers;
        }
    }

    /// <summary>Makes what a client shares with the store.</summary>
    internal Session OpenSession(string owner)
    {
        if (!OperatingSystem.IsLinux() || SegmentFolder is not { } folder)
        {
            throw new PlatformNotSupportedException("This store has no shared memory.");
        }

        var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Memory.StoreFolder.SessionPrefix}{Interlocked.Increment(ref _lastSession)}");
        var session = new Session(folder, name, owner, this);
        lock (_lock)
        {
            _sessions = [.. _sessions, session];
        }

        return session;
    }

    /// <summary>The client is gone: what it had put stays, what it read is its no more.</summary>
    internal void EndSession(Session session)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            session.End();
        }
        catch (IarnetException error)
        {
            _log.SessionBroken(error, session.Owner);
        }

        Forget(session);
        Sweep();
    }

    /// <summary>Looks again at what is gone but was leased.</summary>
    internal void Sweep()
    {
        List<Freed> swept = [];
        lock (_lock)
        {
            _unburied = 0;
            PassBarrier();
            foreach (var number in _dying.Count == 0 ? [] : _dying.ToArray())
            {
                if (TryReap(number, out var freed))
                {
                    _dying.Remove(number);
                    swept.Add(freed);
                }
            }
        }

        foreach (var freed in swept)
        {
            GiveBack(freed);
        }
    }

    /// <summary>Takes in what other processes have put and nobody looked at yet; false when there was nothing.</summary>
    internal bool DrainSessions()
    {
        var any = false;
        if (OperatingSystem.IsLinux())
        {
            foreach (var session in _sessions)
            {
                try
                {
                    any |= session.Drain();
                }
                catch (IarnetException error)
                {
                    // Its link notices as well, and ends it.
                    _log.SessionBroken(error, session.Owner);
                }

                Forget(session);
            }
        }

        return any;
    }

    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private void Forget(Session session)
    {
        if (session.IsOver)
        {
            lock (_lock)
            {
                _sessions = [.. _sessions.Where(s => s != session)];
            }
        }
    }

    bool ISessionSink.TryPut(UInt128 id, ReadOnlySpan<byte> bytes, string codec, string owner, uint timeToLive)
    {
        if (!_pool.TryAllocate(bytes.Length, out var block) && !_pool.TryAllocate(bytes.Length, out block, beyondLimit: true))
        {
            _stalled = true;
            return false;
        }

        _stalled = false;
        var kept = false;
        try
        {
            bytes.CopyTo(_pool.Span(block.Offset, bytes.Length));
            lock (_lock)
            {
                if (_closed)
                {
                    return true;
                }

                var holder = _owners.Intern(owner, isRemote: true);
                if (TryFindRecord(id, out var there))
                {
                    AddReference(there, holder);
                }
                else
                {
                    var number = Insert(id, block, bytes.Length, CodecNumber(codec), holder, RecordTraits.None);
                    kept = true;
                    if (timeToLive > 0)
                    {
                        ExpireAt(number, _time.GetUtcNow() + TimeSpan.FromMilliseconds(timeToLive));
                    }
                }
            }
        }
        catch (OwnerReleasedException)
        {
            // Whatever it put before is gone too.
            return true;
        }
        catch (StoreFullException)
        {
            // As many objects as there may be: the client was told that it is put, so it has to wait in the ring.
            _stalled = true;
            return false;
        }
        finally
        {
            if (!kept)
            {
                GiveBack(new Freed(block, bytes.Length));
            }
        }

        if (kept)
        {
            _metrics.Put(bytes.Length);
            Arrived(id);
            RelieveEarly();
        }

        return true;
    }

    void ISessionSink.Release(UInt128 id, string owner)
    {
        if (TryRelease(new ObjectRef(new ObjectId(id), Source), owner, out var freed))
        {
            GiveBack(freed);
        }
    }

    private string Blame()
    {
        var readers = Readers.Where(static r => r.Leases > 0).OrderByDescending(static r => r.Bytes).Take(3)
            .Select(static r => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{r.Owner}' (process {r.ProcessId}) {r.Leases} leases of {r.Bytes} bytes"));
        var text = string.Join(", ", readers);
        return text.Length == 0 ? "" : $" Leases are held by: {text}.";
    }

    private bool IsLeasedElsewhere(int record, uint generation)
    {
        if (ViewSlots.Holds(_reader.At(record)))
        {
            return true;
        }

        if (OperatingSystem.IsLinux())
        {
            foreach (var session in _sessions)
            {
                if (session.Holds(record, generation))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private int LeasesOf(int record)
    {
        var state = _reader.At(record)->State;
        var count = RecordState.Pins(state) + ViewSlots.CountWithin(_reader.At(record), _reader.At(record + 1));
        if (OperatingSystem.IsLinux())
        {
            foreach (var session in _sessions)
            {
                count += session.Held().Count(held => held == (record, RecordState.Generation(state)));
            }
        }

        return count;
    }

    private long LeasesElsewhere()
    {
        var count = (long)ViewSlots.CountWithin(_reader.At(0), _reader.At(_index.Used));
        if (OperatingSystem.IsLinux())
        {
            foreach (var session in _sessions)
            {
                count += session.Held().LongCount();
            }
        }

        return count;
    }
}
