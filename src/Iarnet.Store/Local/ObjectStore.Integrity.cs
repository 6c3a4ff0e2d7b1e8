using Iarnet.Store.Disk;
using Iarnet.Store.Index;
using Iarnet.Store.Memory;

namespace Iarnet.Store;

public sealed partial class ObjectStore
{
    private const int IntegrityAttempts = 40;
    private static readonly TimeSpan IntegrityPause = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Checks that what the store knows agrees with itself: every object is found under its key, blocks do not overlap and add up with what is
    /// free, references add up with owners, and what is on disk is as it was written. Stops the store meanwhile; for tests and for suspicion.
    /// </summary>
    /// <exception cref="IarnetException">Something does not agree; the text says what.</exception>
    /// <exception cref="ObjectDamagedException">Something on disk is damaged.</exception>
    public async ValueTask CheckIntegrityAsync(CancellationToken cancellationToken = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                CheckOnce();
                break;
            }
            catch (IarnetException) when (attempt < IntegrityAttempts)
            {
                // Memory on its way between the pool and the index is in neither: not so the next time, while what is lost stays lost.
                await Task.Delay(IntegrityPause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }

        await CheckDiskAsync(_spillLog, cancellationToken).ConfigureAwait(false);
        await CheckDiskAsync(_durableLog, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask CheckDiskAsync(SegmentLog? log, CancellationToken cancellationToken)
    {
        if (log is not null && await log.CheckAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } damaged)
        {
            throw new ObjectDamagedException($"{damaged.Count} objects on disk are damaged. The first: {damaged[0].Damage.Message}", damaged[0].Damage);
        }
    }

    private unsafe void CheckOnce()
    {
        DrainSessions();
        Sweep();
        lock (_lock)
        {
            var blocks = new List<(Block Block, long Size)>();
            var references = new Dictionary<int, long>();
            var found = 0;
            for (var number = 0; number < _index.Used; number++)
            {
                var record = _reader.At(number);
                var phase = record->Phase;
                if (RecordState.IsThere(phase))
                {
                    Expect(TryFindRecord(record->Key, out var at) && at == number, $"The object {record->Key:x32} is in record {number} and found in {at}.");
                    Expect(References(number) > 0, $"The object {record->Key:x32} is there without a reference.");
                    found++;
                    CountReferences(number, references);
                }

                Expect(phase != RecordPhase.Spilled || PlaceOnDisk(number) is not null, $"The object {record->Key:x32} is neither in memory nor on disk.");
                if (phase is RecordPhase.Live or RecordPhase.Dying && record->Slab != Block.OnDisk)
                {
                    blocks.Add((new Block(record->Offset, record->Slab), record->Size));
                }

                Expect(phase != RecordPhase.Dying || _dying.Contains(number), $"Record {number} waits for its readers and is not in their list.");
            }

            Expect(found == _index.Count, $"The index counts {_index.Count} objects and {found} were found.");
            foreach (var owner in _owners.All)
            {
                Expect(owner.References == references.GetValueOrDefault(owner.Number), $"The owner '{owner.Name}' counts {owner.References} references and objects count {references.GetValueOrDefault(owner.Number)}.");
            }

            blocks.AddRange(_unfinished.Select(static u => u.Held).Where(static h => h.Size > 0));
            _pool.Check(blocks);
        }
    }

    private void CountReferences(int number, Dictionary<int, long> references)
    {
        var holding = _holdings[number];
        if (holding.Count > 0)
        {
            references[holding.Owner] = references.GetValueOrDefault(holding.Owner) + holding.Count;
        }

        foreach (var (owner, count) in _extras.GetValueOrDefault(number)?.Others ?? [])
        {
            references[owner] = references.GetValueOrDefault(owner) + count;
        }
    }

    private static void Expect(bool holds, string text)
    {
        if (!holds)
        {
            throw new IarnetException(text);
        }
    }
}
