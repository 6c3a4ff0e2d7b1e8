namespace Iarnet.Store.Transfer;

internal sealed partial class InboundTransfer
{
    /// <summary>After so many holders in vain the source is asked to serve itself.</summary>
    private const int MostHoldersTried = 4;

    private readonly List<string> _refused = [];
    private IReadOnlyList<string> _holders = [];
    private TransferConnection? _control;
    private uint _calls;
    private long _ticket;

    /// <summary>Fetches the object; when it returns the copy is sealed.</summary>
    public async Task RunAsync()
    {
        var healthy = false;
        try
        {
            var endpoints = await FindSourceAsync().ConfigureAwait(false);
            var failures = 0;
            var arrivals = 0;
            while (true)
            {
                Canceled.ThrowIfCancellationRequested();
                var error = await RoundAsync(endpoints).ConfigureAwait(false);
                if (_map is { IsComplete: true })
                {
                    break;
                }

                Canceled.ThrowIfCancellationRequested();
                if (_map is { } map && map.Arrivals > arrivals)
                {
                    arrivals = map.Arrivals;
                    failures = 0;
                }

                if (error is null)
                {
                    continue;
                }

                if (++failures >= _context.Options.Attempts)
                {
                    throw new StoreUnavailableException($"The object {Reference} cannot be fetched: its source failed {failures} times, and nobody else has all of it. The last error: {error.Message}", error);
                }

                await Task.Delay(_context.Options.RetryPause * (1 << (failures - 1)), _context.Time, Canceled).ConfigureAwait(false);
            }

            _copy!.Seal();
            Interlocked.Increment(ref _context.Counters.Fetched);
            await SayDoneAsync().ConfigureAwait(false);
            healthy = true;
        }
        finally
        {
            if (_control is { } control)
            {
                if (healthy)
                {
                    _context.Pool.Return(control);
                }
                else
                {
                    // Closing it tells the source that this reader's place is free.
                    control.Dispose();
                }
            }
        }
    }

    /// <summary>Asks the source where to read, and reads there. Returns the source's own failure, null for one of another holder or for none.</summary>
    private async ValueTask<Exception?> RoundAsync(IReadOnlyList<string> endpoints)
    {
        string? holder;
        try
        {
            holder = await LocateAsync(endpoints).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfPeer(e))
        {
            DropControl();

            // The source is gone, but it may have named somebody who has everything.
            holder = _holders.FirstOrDefault(h => !_refused.Contains(h));
            if (holder is null || _map is null)
            {
                return e;
            }
        }

        if (_map!.IsComplete)
        {
            return null;
        }

        var error = await PullAsync(holder).ConfigureAwait(false);
        if (error is null)
        {
            return null;
        }

        _map.ForgiveDamages();
        Interlocked.Increment(ref _context.Counters.Fallbacks);
        _context.Log.HolderFailed(Reference.ToString(), holder ?? "its source", error.Message);
        if (holder is null)
        {
            DropControl();
            return error;
        }

        _refused.Add(holder);
        return null;
    }

    private async ValueTask<IReadOnlyList<string>> FindSourceAsync()
    {
        try
        {
            var endpoints = await _context.Directory.FindAsync(Reference.Source, Canceled).AsTask().WaitAsync(_context.Options.ConnectTimeout, _context.Time, Canceled).ConfigureAwait(false);
            return endpoints.Count > 0
                ? endpoints
                : throw new StoreUnavailableException($"The object {Reference} cannot be fetched: the node '{Reference.Source}' is in no directory that was asked. It is gone, or this node does not know it yet.");
        }
        catch (TimeoutException e)
        {
            throw new StoreUnavailableException($"The object {Reference} cannot be fetched: the directory did not answer for {_context.Options.ConnectTimeout.TotalSeconds:0.###} s.", e);
        }
    }

    /// <summary>The holder to read from; null is the source itself, over the connection that is open to it.</summary>
    private async ValueTask<string?> LocateAsync(IReadOnlyList<string> endpoints)
    {
        var control = _control ??= await ConnectAsync(endpoints).ConfigureAwait(false);
        await using var canceled = Canceled.UnsafeRegister(static c => ((TransferConnection)c!).Dispose(), control).ConfigureAwait(false);
        var first = _map is null;
        var request = new LocateRequest(Reference, first ? TransferLimits.ChunkBytes : 0, _context.Advertised ?? "", [.. _refused.TakeLast(TransferLimits.Endpoints)]);
        var call = ++_calls;
        control.Arm(_context.Options.StallTimeout);
        await control.SendAsync(FrameKind.Locate, call, request.Write(control.BodyOut(TransferLimits.RequestBytes)), _refused.Count >= MostHoldersTried ? FrameFlags.Direct : (byte)0).ConfigureAwait(false);
        Located located;
        try
        {
            var (_, body) = await Answer.ReceiveAsync(control, call, FrameKind.Located).ConfigureAwait(false);
            located = Located.Read(body.Span);
        }
        catch (TransferRefusedException e) when (e.Code == TransferErrorCode.NotFound)
        {
            throw new ObjectNotFoundException($"The object {Reference} is not at its source: it was never put there, or was released.", e);
        }

        control.Disarm();
        _ticket = located.Ticket;
        _holders = located.Redirected ? [.. located.Holders.Skip(1)] : located.Holders;
        await OpenAsync(located).ConfigureAwait(false);
        if (located.Redirected)
        {
            Interlocked.Increment(ref _context.Counters.Relayed);
            return located.Holders[0];
        }

        if (first && located.Size is > 0 and <= TransferLimits.ChunkBytes && _map!.TryTake(1, out var run))
        {
            try
            {
                control.Arm(_context.Options.StallTimeout);
                if (await ReceiveRunAsync(control, call, run, "its source").ConfigureAwait(false) is { } damage)
                {
                    throw damage;
                }
            }
            finally
            {
                _map.GiveBack(run);
                control.Disarm();
            }
        }

        return null;
    }

    private async ValueTask OpenAsync(Located located)
    {
        if (_map is not null)
        {
            if (located.Size != Facts.Size)
            {
                throw new StoreUnavailableException($"The object {Reference} had {Facts.Size} bytes when its transfer began and has {located.Size} now: its id was used again. Fetch it anew.");
            }

            return;
        }

        if (located.Size > _context.Options.MaxObjectBytes)
        {
            throw new MessageTooLargeException($"The object {Reference} has {located.Size} bytes: at most {_context.Options.MaxObjectBytes} are fetched.");
        }

        _copy = await _context.Target.BeginAsync(Reference, located.Codec, located.Metadata, located.Size, Canceled).ConfigureAwait(false);
        _map = new ChunkMap(located.Size);
        Facts = located;
        _opened.TrySetResult();
    }

    private async ValueTask<TransferConnection> ConnectAsync(IReadOnlyList<string> endpoints)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await _context.Pool.RentAsync(endpoints[i], Canceled).ConfigureAwait(false);
            }
            catch (Exception e) when (IsOfPeer(e) && i + 1 < endpoints.Count)
            {
                _context.Log.HolderFailed(Reference.ToString(), endpoints[i], e.Message);
            }
        }
    }

    private async ValueTask SayDoneAsync()
    {
        if (_ticket == 0 || _control is not { IsDisposed: false } control)
        {
            return;
        }

        try
        {
            control.Arm(_context.Options.StallTimeout);
            await control.SendAsync(FrameKind.Done, 0, new DoneRequest(Reference, _ticket, HasAll: true).Write(control.BodyOut(TransferLimits.RequestBytes))).ConfigureAwait(false);
        }
        catch (TransferBrokenException)
        {
            // The source will not send others here; nothing else follows.
            DropControl();
        }
    }

    private void DropControl()
    {
        _control?.Dispose();
        _control = null;
    }

    private static bool IsOfPeer(Exception e) => e is TransferBrokenException or TransferProtocolException or TransferRefusedException;
}
