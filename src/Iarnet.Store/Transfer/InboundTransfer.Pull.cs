using Iarnet.Store.Memory;

namespace Iarnet.Store.Transfer;

internal sealed partial class InboundTransfer
{
    /// <summary>Reads what is missing from one holder, null being the source. Returns why not all of it came.</summary>
    private async ValueTask<Exception?> PullAsync(string? holder)
    {
        TransferConnection first;
        try
        {
            first = holder is null ? _control! : await _context.Pool.RentAsync(holder, Canceled).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfPeer(e))
        {
            return e;
        }

        var streams = Facts.Size < _context.Options.ParallelMinimum ? 1 : first.IsLocal ? _context.Options.StreamsOnOneMachine : _context.Options.Streams;
        var chunks = streams == 1 ? int.MaxValue : _context.Options.RangeBytes / TransferLimits.ChunkBytes;
        var pulls = new List<Task<Exception?>> { PullOverAsync(first, holder ?? "its source", chunks, keep: holder is null) };
        for (var i = 1; i < streams; i++)
        {
            pulls.Add(PullBesideAsync(first.Peer, holder ?? "its source", chunks));
        }

        var errors = await Task.WhenAll(pulls).ConfigureAwait(false);
        return _map!.IsComplete ? null : errors.FirstOrDefault(e => e is not null) ?? new TransferBrokenException($"{first.Peer} did not send all of {Reference}.");
    }

    /// <summary>A connection more, to be faster: if there is none the others do its part.</summary>
    private async Task<Exception?> PullBesideAsync(string endpoint, string holder, int chunks)
    {
        try
        {
            return await PullOverAsync(await _context.Pool.RentAsync(endpoint, Canceled).ConfigureAwait(false), holder, chunks, keep: false).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfPeer(e) || e is OperationCanceledException)
        {
            return e;
        }
    }

    private async Task<Exception?> PullOverAsync(TransferConnection connection, string holder, int chunks, bool keep)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var asked = new Queue<(uint Call, ChunkRun Run)>();
        var healthy = false;
        await using var canceled = Canceled.UnsafeRegister(static c => ((TransferConnection)c!).Dispose(), connection).ConfigureAwait(false);
        try
        {
            while (true)
            {
                // One ahead, so that the server need not wait for us between two runs.
                while (asked.Count < 2 && _map!.TryTake(chunks, out var next))
                {
                    var call = Interlocked.Increment(ref _calls);
                    asked.Enqueue((call, next));
                    connection.Arm(_context.Options.StallTimeout);
                    var offset = (long)next.First * TransferLimits.ChunkBytes;
                    var length = Math.Min((long)next.Count * TransferLimits.ChunkBytes, Facts.Size - offset);
                    await connection.SendAsync(FrameKind.Read, call, new ReadRequest(Reference, Facts.Size, offset, length).Write(connection.BodyOut(TransferLimits.RequestBytes)),
                        next.Fresh ? FrameFlags.Fresh : (byte)0).ConfigureAwait(false);
                }

                if (!asked.TryPeek(out var current))
                {
                    healthy = true;
                    return null;
                }

                var damage = await ReceiveRunAsync(connection, current.Call, current.Run, holder).ConfigureAwait(false);
                asked.Dequeue();
                if (damage is not null)
                {
                    return damage;
                }
            }
        }
        catch (Exception e) when (IsOfPeer(e))
        {
            return e;
        }
        finally
        {
            foreach (var (_, run) in asked)
            {
                _map!.GiveBack(run);
            }

            connection.Disarm();
            if (!healthy)
            {
                connection.Dispose();
            }
            else if (!keep)
            {
                _context.Pool.Return(connection);
            }
        }
    }

    /// <summary>Receives a run where it belongs. Returns an error when a chunk came damaged too often.</summary>
    private async ValueTask<Exception?> ReceiveRunAsync(TransferConnection connection, uint call, ChunkRun run, string holder)
    {
        Exception? damage = null;
        for (var chunk = run.First; chunk < run.First + run.Count; chunk++)
        {
            var offset = (long)chunk * TransferLimits.ChunkBytes;
            var length = _map!.LengthOf(chunk);
            connection.Arm(_context.Options.StallTimeout);
            var header = await Answer.HeaderAsync(connection, call, FrameKind.Data).ConfigureAwait(false);
            if (header.Offset != offset || header.Length != length)
            {
                throw new TransferProtocolException($"{connection.Peer} sent {header.Length} bytes at {header.Offset} of {Reference}: expected {length} at {offset}.");
            }

            var bytes = _copy!.Range(offset, length);
            await connection.ReceiveAsync(bytes).ConfigureAwait(false);
            Interlocked.Add(ref _context.Counters.ReceivedBytes, length);
            _context.Metrics.Received(length);
            if (Checksum.Of(bytes.Span) == header.Checksum)
            {
                _context.Checksums.Set(Reference, Facts.Size, chunk, header.Checksum);
                _map.Arrived(chunk);
                continue;
            }

            Interlocked.Increment(ref _context.Counters.Damaged);
            _context.Metrics.Damaged();
            _context.Log.ChunkDamaged(Reference.ToString(), offset, holder);
            if (!_map.Damaged(chunk))
            {
                damage ??= new TransferBrokenException($"A chunk of {Reference} at {offset} arrived damaged from {connection.Peer} again and again.");
            }
        }

        return damage;
    }
}
