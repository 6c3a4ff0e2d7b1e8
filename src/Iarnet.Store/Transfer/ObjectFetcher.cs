using Iarnet.Objects;
using Iarnet.Store.Transfer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Store;

/// <summary>
/// Fetches objects of other nodes into a store, from their source or from whoever has or is getting them, as the source advises. Everybody who
/// wants the same object at the same time shares one transfer. Thread-safe.
/// </summary>
public sealed class ObjectFetcher : IAsyncDisposable
{
    /// <summary>8 bytes each: of 32 GiB in chunks of 512 KiB.</summary>
    internal const int MostChecksums = 64 * 1024;

    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ObjectRef, InboundTransfer> _running = [];
    private readonly SemaphoreSlim _turns;
    private readonly FetchContext _context;
    private bool _disposed;

    internal ObjectFetcher(IStoreDirectory directory, ITransferTarget target, ObjectFetcherOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null)
    {
        var validated = (options ?? new ObjectFetcherOptions()).Validated();
        time ??= TimeProvider.System;
        _turns = new SemaphoreSlim(validated.MaxTransfers);
        _context = new FetchContext
        {
            Directory = directory,
            Target = target,
            Options = validated,
            Time = time,
            Log = (logs ?? NullLoggerFactory.Instance).CreateLogger<ObjectFetcher>(),
            Pool = new ConnectionPool(validated, time),
            Checksums = new ChecksumCache(MostChecksums),
            Counters = new FetchCounters(),
            Metrics = new TransferMetrics(this),
        };
    }

    /// <summary>What it has done so far.</summary>
    public FetcherStatistics Statistics
    {
        get
        {
            var counters = _context.Counters;
            lock (_running)
            {
                return new FetcherStatistics(_running.Count, Interlocked.Read(ref counters.Fetched), Interlocked.Read(ref counters.ReceivedBytes), Interlocked.Read(ref counters.Damaged),
                    Interlocked.Read(ref counters.Relayed), Interlocked.Read(ref counters.Fallbacks), _context.Pool.Open);
            }
        }
    }

    internal ChecksumCache Checksums => _context.Checksums;

    /// <summary>Brings an object into the store; when the task completes it is there, whole and checked.</summary>
    /// <param name="reference">The object and the node that has it.</param>
    /// <param name="cancellationToken">Ends this wait. The transfer goes on for others that wait, and a short while if there are none.</param>
    /// <exception cref="ObjectNotFoundException">Its source does not have it.</exception>
    /// <exception cref="StoreUnavailableException">Its source is not known, cannot be reached or fails again and again, and so does every other holder.</exception>
    /// <exception cref="StoreFullException">There is no room for it here.</exception>
    /// <exception cref="MessageTooLargeException">It is larger than <see cref="ObjectFetcherOptions.MaxObjectBytes"/>.</exception>
    public async ValueTask FetchAsync(ObjectRef reference, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        InboundTransfer? transfer;
        lock (_running)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_running.TryGetValue(reference, out transfer))
            {
                _running.Add(reference, transfer = new InboundTransfer(reference, _context));
                _ = RunAsync(transfer);
            }

            transfer.Waiters++;
        }

        try
        {
            await transfer.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            var left = false;
            lock (_running)
            {
                left = --transfer.Waiters == 0 && !transfer.Completion.IsCompleted;
            }

            if (left)
            {
                _ = EndUnlessWantedAsync(transfer);
            }
        }
    }

    /// <summary>Ends every transfer; who waits for one gets <see cref="StoreUnavailableException"/>. Returns within 5 s.</summary>
    public async ValueTask DisposeAsync()
    {
        InboundTransfer[] transfers;
        lock (_running)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            transfers = [.. _running.Values];
        }

        foreach (var transfer in transfers)
        {
            transfer.Cancel();
        }

        try
        {
            await Task.WhenAll(transfers.Select(t => t.Completion)).WaitAsync(ClosingTime, _context.Time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Each waiter has its own error; here it only matters that they ended, or had their time.
        }

        _context.Pool.Dispose();
        _context.Metrics.Dispose();
    }

    /// <summary>From now on sources are told that this endpoint serves what is fetched.</summary>
    internal void Advertise(string? endpoint) => _context.Advertised = endpoint;

    /// <summary>The transfer of an object that is under way; null when there is none.</summary>
    internal JoinedTransfer? Join(in ObjectRef reference)
    {
        lock (_running)
        {
            return _running.TryGetValue(reference, out var transfer) ? transfer.TryJoin() : null;
        }
    }

    private async Task RunAsync(InboundTransfer transfer)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Exception? error = null;
        try
        {
            await _turns.WaitAsync(transfer.Canceled).ConfigureAwait(false);
            try
            {
                await transfer.RunAsync().ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException e) when (transfer.Canceled.IsCancellationRequested)
        {
            error = new StoreUnavailableException($"Fetching {transfer.Reference} was ended: the fetcher closes, or nobody waited any more.", e);
        }
        catch (Exception e)
        {
            error = e;
        }

        // Out of the table before it completes, and into the store before that: a reader finds it in one of them.
        Forget(transfer);
        transfer.End(error);
    }

    private async Task EndUnlessWantedAsync(InboundTransfer transfer)
    {
        try
        {
            await transfer.Completion.WaitAsync(_context.Options.Grace, _context.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            var wanted = true;
            lock (_running)
            {
                wanted = transfer.Waiters > 0;
                if (!wanted)
                {
                    // A new waiter must not join what ends.
                    Remove(transfer);
                }
            }

            if (!wanted)
            {
                transfer.Cancel();
            }
        }
    }

    private void Forget(InboundTransfer transfer)
    {
        lock (_running)
        {
            Remove(transfer);
        }
    }

    private void Remove(InboundTransfer transfer)
    {
        if (_running.TryGetValue(transfer.Reference, out var present) && present == transfer)
        {
            _running.Remove(transfer.Reference);
        }
    }
}
