using Iarnet.Objects;

namespace Iarnet.Store.Tests.Faults;

/// <summary>
/// Puts, gets and releases the objects of one series at random, as fast as it can, beside others that do the same with the same ids. Whatever is
/// read is verified, when it is leased and again before the lease ends.
/// </summary>
internal sealed class Churn(IObjectStore store, int seed, int series)
{
    public const int Keys = 192;
    public const int Least = 1;
    public const int Most = 200_000;

    private const int Kept = 12;

    private readonly SeededRandom _random = new(seed);
    private readonly int[] _held = new int[Keys];
    private readonly Queue<(ObjectId Id, ObjectLease Lease)> _leases = new();

    public long Puts { get; private set; }

    public long Reads { get; private set; }

    public long Full { get; private set; }

    public long Operations { get; private set; }

    public static int SizeOf(ObjectId id) => (id.Value & 7) == 0 ? Pattern.Size(id, Least, Most) : Pattern.Size(id, Least, 3000);

    public async Task StepAsync()
    {
        var key = _random.Next(Keys);
        var id = Pattern.Id(series, key);
        var reference = new ObjectRef(id, store.Source);
        Operations++;
        switch (_random.Next(8))
        {
            case 0 or 1:
                await PutAsync(key, id);
                break;
            case 2 when _held[key] > 0:
                store.Release(reference);
                _held[key]--;
                break;
            case 3 or 4:
                await LeaseAsync(reference);
                break;
            default:
                View(reference);
                break;
        }
    }

    /// <summary>Gives everything back.</summary>
    public void End()
    {
        while (_leases.TryDequeue(out var oldest))
        {
            Return(oldest.Id, oldest.Lease);
        }

        for (var key = 0; key < Keys; key++)
        {
            for (; _held[key] > 0; _held[key]--)
            {
                store.Release(new ObjectRef(Pattern.Id(series, key), store.Source));
            }
        }
    }

    private async Task PutAsync(int key, ObjectId id)
    {
        try
        {
            await store.PutAsync(Pattern.Bytes(id, SizeOf(id)), CodecNames.Raw, id);
            _held[key]++;
            Puts++;
        }
        catch (StoreFullException)
        {
            Full++;
        }
    }

    private async Task LeaseAsync(ObjectRef reference)
    {
        try
        {
            var lease = await store.GetAsync(reference);
            Verify(reference.Id, lease.Span);
            _leases.Enqueue((reference.Id, lease));
        }
        catch (ObjectNotFoundException)
        {
            // Somebody released or deleted it.
        }

        if (_leases.Count > Kept)
        {
            var (id, lease) = _leases.Dequeue();
            Return(id, lease);
        }
    }

    private void Return(ObjectId id, ObjectLease lease)
    {
        Verify(id, lease.Span);
        lease.Dispose();
    }

    private void View(in ObjectRef reference)
    {
        if (store is StoreClient client ? client.TryGet(reference, out var view) : ((ObjectStore)store).TryGet(reference, out view))
        {
            using (view)
            {
                Verify(reference.Id, view.Span);
            }
        }
    }

    private void Verify(ObjectId id, ReadOnlySpan<byte> bytes)
    {
        Pattern.Verify(id, bytes, SizeOf(id));
        Reads++;
    }
}
