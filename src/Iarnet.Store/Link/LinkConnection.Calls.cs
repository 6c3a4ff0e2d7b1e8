using Iarnet.Objects;

namespace Iarnet.Store.Link;

internal sealed partial class LinkConnection
{
    private ValueTask HandleAsync(ReadOnlyMemory<byte> frame)
    {
        var body = new FrameReader(frame.Span);
        if (body.Kind == FrameKind.Hello)
        {
            Hello(ref body);
            return default;
        }

        if (Owner.Length == 0)
        {
            throw new LinkProtocolException($"A link begins with HELLO; this one began with {body.Kind}.");
        }

        switch (body.Kind)
        {
            case FrameKind.Create:
                var (create, size) = Options(ref body, withSize: true);
                return AnswerAsync(body.Call, create, call => CreateAsync(call, create, size));
            case FrameKind.Put:
                var (put, _) = Options(ref body, withSize: false);
                var bytes = body.Rest().ToArray();
                return AnswerAsync(body.Call, put, call => PutAsync(call, put, bytes));
            case FrameKind.Lease:
                var id = body.Id();
                var wait = TimeSpan.FromMilliseconds(body.U32());
                var source = body.Text();
                var reference = new ObjectRef(id, source.Length == 0 ? _store.Source : source);
                if (_store.TryLease(reference, out var lease))
                {
                    try
                    {
                        Leased(body.Call, lease);
                    }
                    catch (StoreFullException error)
                    {
                        Failed(body.Call, error);
                    }

                    return default;
                }

                return AnswerAsync(body.Call, null, call => LeaseAsync(call, reference, wait));
            case FrameKind.Credit:
                var wanted = (long)Math.Min(body.U64(), SessionLayout.RingBytes);
                return AnswerAsync(body.Call, null, call => CreditAsync(call, wanted));
            case FrameKind.Seal:
                Answer(body.Call, body.Id(), body.U64(), Seal);
                return default;
            case FrameKind.Abort:
                Answer(body.Call, body.Id(), 0, Abort);
                return default;
            case FrameKind.Unlease:
                Unlease(ref body);
                return default;
            case FrameKind.Release:
                for (var left = body.U32(); left > 0; left--)
                {
                    _store.Release(new ObjectRef(body.Id(), _store.Source), Owner);
                }

                return default;
            case FrameKind.Drain:
                _session?.Drain();
                _store.Sweep();
                return default;
            default:
                throw new LinkProtocolException($"A link has no frame of kind {(int)body.Kind}.");
        }
    }

    private void Hello(ref FrameReader body)
    {
        var (magic, version, flags, process) = (body.U32(), body.U16(), body.U16(), body.U32());
        var owner = body.Text();
        if (magic != Frame.Magic || version != Frame.Version || Owner.Length > 0)
        {
            throw new LinkProtocolException($"A link began with magic {magic:x8} and version {version}, or twice: expected {Frame.Magic:x8} and {Frame.Version}, once.");
        }

        _store.Welcome(owner);
        _session = (flags & Frame.WantsSession) != 0 ? _store.OpenSession(owner) : null;
        _ownerEnds = (flags & Frame.OwnerEndsWithLink) != 0;
        (Owner, ProcessId) = (owner, (int)process);
        var welcome = new FrameWriter(FrameKind.Welcome, body.Call);
        welcome.U16(Frame.Version);
        welcome.U64((ulong)_store.Pool.Length);
        welcome.U64((ulong)_store.MaxObjectBytes);
        welcome.Text(_store.Source);
        welcome.Text(_session?.Name ?? "");
        Send(welcome);
    }

    private (PutOptions Options, long Size) Options(ref FrameReader body, bool withSize)
    {
        var id = body.OptionalId();
        var size = withSize ? (long)Math.Min(body.U64(), long.MaxValue) : 0;
        var life = body.U32();
        return (new PutOptions
        {
            Id = id,
            TimeToLive = life == 0 ? null : TimeSpan.FromMilliseconds(life),
            Codec = body.Text(),
            Metadata = body.Pairs(),
            Owner = Owner,
        }, size);
    }

    // What may have to wait runs beside the reading of the link: what ends its wait may come over the same link.
    private async ValueTask AnswerAsync(uint call, PutOptions? options, Func<uint, ValueTask> answer)
    {
        await _waiting.WaitAsync(_closing.Token).ConfigureAwait(false);
        var answering = Run();
        if (answering.IsCompleted)
        {
            await answering.ConfigureAwait(false);
        }

        async Task Run()
        {
            try
            {
                options?.Check();
                await answer(call).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Failed(call, error);
            }
            finally
            {
                _waiting.Release();
            }
        }
    }

    private void Answer(uint call, ObjectId id, ulong size, Action<uint, ObjectId, ulong> answer)
    {
        try
        {
            answer(call, id, size);
        }
        catch (Exception error) when (error is not LinkProtocolException)
        {
            Failed(call, error);
        }
    }

    private void Failed(uint call, Exception error)
    {
        if (error is not IarnetException and not ArgumentException and not OperationCanceledException and not ObjectDisposedException and not System.Net.Sockets.SocketException)
        {
            _log.LinkCallFailed(error, Owner);
        }

        TrySendError(call, error);
    }

    private async ValueTask CreateAsync(uint call, PutOptions options, long size)
    {
        var unfinished = await _store.BeginAsync(options, size, WriterKind.Mapped, _closing.Token, evenIfThere: true).ConfigureAwait(false);
        lock (_lock)
        {
            if (_over || !_unfinished.TryAdd(unfinished.Id, unfinished))
            {
                unfinished.Dispose();
                throw new ArgumentException($"The owner '{Owner}' is writing the object {unfinished.Id} already: seal or abort it first.");
            }
        }

        var created = new FrameWriter(FrameKind.Created, call);
        created.Id(unfinished.Id);
        created.U64((ulong)unfinished.Offset);
        created.U64((ulong)size);
        Send(created);
    }

    private async ValueTask PutAsync(uint call, PutOptions options, byte[] bytes)
    {
        using var unfinished = await _store.BeginAsync(options, bytes.Length, WriterKind.Streamed, _closing.Token, evenIfThere: true).ConfigureAwait(false);
        await unfinished.WriteAsync(bytes, _closing.Token).ConfigureAwait(false);
        Sealed(call, unfinished, bytes.Length);
        ExtendCredit();
    }

    private void Seal(uint call, ObjectId id, ulong size)
    {
        var unfinished = TakeUnfinished(id);
        using (unfinished)
        {
            if (size > (ulong)unfinished.Reserved)
            {
                throw new ArgumentException($"The object {id} was created with {unfinished.Reserved} bytes and cannot be sealed with {size}.");
            }

            Sealed(call, unfinished, (long)size);
        }
    }

    private void Abort(uint call, ObjectId id, ulong size)
    {
        TakeUnfinished(id).Dispose();
        Send(new FrameWriter(FrameKind.Done, call));
    }

    private UnfinishedObject TakeUnfinished(ObjectId id)
    {
        lock (_lock)
        {
            return _unfinished.Remove(id, out var unfinished)
                ? unfinished
                : throw new ObjectNotFoundException($"The owner '{Owner}' has no unfinished object {id} on this link: it was never created, or was sealed or aborted.");
        }
    }

    private void Sealed(uint call, UnfinishedObject unfinished, long size)
    {
        var reference = _store.Seal(unfinished, size, out var existed);
        var frame = new FrameWriter(FrameKind.Sealed, call);
        frame.Id(reference.Id);
        frame.Byte(existed ? (byte)1 : (byte)0);
        Send(frame);
    }

    private async ValueTask LeaseAsync(uint call, ObjectRef reference, TimeSpan wait) =>
        Leased(call, await _store.GetAsync(reference, wait, _closing.Token).ConfigureAwait(false));

    private void Leased(uint call, ObjectLease lease)
    {
        ulong number;
        lock (_lock)
        {
            if (_over || _leases.Count >= _store.Options.MaxLeasesPerLink)
            {
                lease.Dispose();
                throw new StoreFullException($"The owner '{Owner}' holds {_leases.Count} leases, which is the most it may: give some back.");
            }

            number = ++_lastLease;
            _leases.Add(number, lease);
        }

        var frame = new FrameWriter(FrameKind.Leased, call);
        frame.U64(number);
        frame.U64((ulong)_store.OffsetOf(lease));
        frame.U64((ulong)lease.Size);
        frame.Text(lease.Codec);
        frame.Pairs(lease.Metadata);
        Send(frame);
    }

    private void Unlease(ref FrameReader body)
    {
        for (var left = body.U32(); left > 0; left--)
        {
            ObjectLease? lease;
            var number = body.U64();
            lock (_lock)
            {
                _leases.Remove(number, out lease);
            }

            lease?.Dispose();
        }
    }

    private async ValueTask CreditAsync(uint call, long wanted)
    {
        // Having had the room shows that there is some.
        _store.GiveBack(new Freed(await _store.AllocateAsync(wanted, _closing.Token).ConfigureAwait(false), wanted));
        _session?.Drain();
        ExtendCredit();
        Send(new FrameWriter(FrameKind.Done, call));
    }

    private void ExtendCredit()
    {
        if (!((ISessionSink)_store).IsShort)
        {
            _session?.Extend();
        }
    }
}
