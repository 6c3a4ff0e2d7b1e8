using Iarnet.Objects;
using Iarnet.Store.Index;
using Iarnet.Store.Transfer;
using Microsoft.Extensions.Logging;

namespace Iarnet.Store;

/// <content>Objects of other nodes, and this one's for them.</content>
public sealed partial class ObjectStore : ITransferSource, ITransferTarget
{
    // Whose references the copies are of other nodes' objects; they go when room is wanted.
    private const string CopyOwner = "copies";

    /// <summary>Serves objects to other nodes over the side band, also while they still arrive here. Dispose the server before the store.</summary>
    /// <param name="options">Where it listens and its limits.</param>
    /// <param name="logs">Where it logs; null for nowhere.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    public ValueTask<TransferServer> ServeAsync(TransferServerOptions? options = null, ILoggerFactory? logs = null, CancellationToken cancellationToken = default) =>
        TransferServer.StartAsync(this, _fetcher, options, _time, logs, cancellationToken);

    /// <summary>What was fetched from other nodes so far; null when this store does not fetch.</summary>
    public FetcherStatistics? Fetched => _fetcher?.Statistics;

    async ValueTask<ITransferObject?> ITransferSource.OpenAsync(ObjectRef reference, CancellationToken cancellationToken)
    {
        DrainSessions();
        if (TryLease(reference, out var lease))
        {
            return new LeasedTransfer(lease);
        }

        if (TryOpenOnDisk(reference, out var onDisk))
        {
            return onDisk;
        }

        // Between the two it may have come into memory.
        return TryLease(reference, out lease) ? new LeasedTransfer(lease) : null;
    }

    async ValueTask<ITransferCopy> ITransferTarget.BeginAsync(
        ObjectRef reference, string codec, IReadOnlyDictionary<string, string>? metadata, long size, CancellationToken cancellationToken)
    {
        var options = new PutOptions { Codec = codec, Owner = CopyOwner, Metadata = metadata, Id = reference.Id };
        var unfinished = await BeginAsync(options, size, WriterKind.Local, cancellationToken, evenIfThere: true, origin: reference).ConfigureAwait(false);
        return new CopyInPlace(this, unfinished, size);
    }

    /// <summary>Gives a pin of what is on disk back.</summary>
    internal void LeaveDisk(int record) => Unpin(record);

    internal ValueTask ReadDiskAsync(int record, long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var (log, location) = PlaceOnDisk(record) ?? throw new ObjectNotFoundException("The object was deleted.");
        return log.ReadAsync(location, offset, into, cancellationToken);
    }

    private void StartFetching(ILoggerFactory? logs)
    {
        if (_options.Directory is { } directory)
        {
            _fetcher = new ObjectFetcher(directory, this, _options.Fetching, _time, logs);
        }
    }

    private static async ValueTask<bool> FetchAsync(ObjectFetcher fetcher, ObjectRef reference, CancellationToken cancellationToken)
    {
        await fetcher.FetchAsync(reference, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private unsafe bool TryOpenOnDisk(in ObjectRef reference, out ITransferObject? found)
    {
        found = null;
        lock (_lock)
        {
            if (!TryFindRecord(KeyOf(reference), out var number) || _reader.At(number)->Phase != RecordPhase.Spilled || PlaceOnDisk(number) is null)
            {
                return false;
            }

            PinSpilled(number);
            var record = _reader.At(number);
            found = new SpilledTransfer(this, number, record->Size, _reader.Codec(record->Codec), _extras.GetValueOrDefault(number)?.Metadata);
            return true;
        }
    }
}
