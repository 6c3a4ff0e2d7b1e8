using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store;

/// <content>What is asked of the store about objects, and not for their bytes.</content>
public sealed partial class StoreClient
{
    /// <summary>Whether an object of this client's store is there.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<bool> ContainsAsync(ObjectRef reference, CancellationToken cancellationToken = default) =>
        (await WaitAsync([reference], WaitMode.Any, TimeSpan.Zero, cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <summary>Takes objects away from everybody who has references to them; readers that have them leased keep their memory.</summary>
    /// <param name="references">Which objects of this client's store, at most 1,024.</param>
    /// <param name="cancellationToken">Ends the wait for the answer; they may be deleted all the same.</param>
    /// <returns>How many were there.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<int> DeleteAsync(IReadOnlyList<ObjectRef> references, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(references);
        await FactsAsync(cancellationToken).ConfigureAwait(false);
        var request = new DeleteRequest();
        request.Ids.Add(references.Select(static reference => reference.Id.ToWire()));
        return (int)(await CallAsync(_rpc.DeleteAsync(request, Options(cancellationToken)).ResponseAsync, cancellationToken).ConfigureAwait(false)).Deleted;
    }

    /// <summary>Waits until objects of this client's store are there.</summary>
    /// <param name="references">Which objects, at most 1,024.</param>
    /// <param name="mode">Whether one of them is enough.</param>
    /// <param name="timeout">How long at most, up to an hour.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Those that are there, in their order: all or some of them, or none when the time was over first.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<IReadOnlyList<ObjectRef>> WaitAsync(
        IReadOnlyList<ObjectRef> references, WaitMode mode, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(references);
        await FactsAsync(cancellationToken).ConfigureAwait(false);
        var request = new WaitRequest { All = mode == WaitMode.All, Timeout = (ulong)Math.Max(0, timeout.TotalMilliseconds) };
        request.Ids.Add(references.Select(static reference => reference.Id.ToWire()));
        var options = new CallOptions(Deadline: _time.GetUtcNow().UtcDateTime + _options.CallTimeout + timeout, CancellationToken: cancellationToken);
        var response = await CallAsync(_rpc.WaitAsync(request, options).ResponseAsync, cancellationToken).ConfigureAwait(false);
        var there = response.Ids.Select(static id => id.ToId()).ToHashSet();
        return [.. references.Where(reference => there.Contains(reference.Id))];
    }

    /// <summary>What the store has, a page at a time; objects that come and go meanwhile may be in no page.</summary>
    /// <param name="filter">Which objects; null for all.</param>
    /// <param name="continuation">Where to go on: <see cref="ObjectPage.Continuation"/> of the page before, 0 for the first.</param>
    /// <param name="limit">How many objects a page has at most, 1 to 10,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<ObjectPage> ListAsync(ObjectFilter? filter = null, int continuation = 0, int limit = 1000, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(continuation);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await FactsAsync(cancellationToken).ConfigureAwait(false);
        var request = new ListRequest { Owner = filter?.Owner ?? "", Codec = filter?.Codec ?? "", Continuation = (uint)continuation, Limit = (uint)limit };
        var response = await CallAsync(_rpc.ListAsync(request, Options(cancellationToken)).ResponseAsync, cancellationToken).ConfigureAwait(false);
        return new ObjectPage([.. response.Objects.Select(InfoOf)], response.Continuation == 0 ? null : (int)response.Continuation);
    }

    private ObjectInfo InfoOf(ObjectEntry entry) => new(
        new ObjectRef(entry.Id.ToId(), entry.Source), entry.Codec, (long)entry.Size, (int)entry.References, (int)entry.Leases)
    {
        InMemory = entry.InMemory,
        IsShared = IsSameHost,
        IsCopy = entry.Source != _source,
        ExpiresAt = entry.ExpiresAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)entry.ExpiresAt),
        Metadata = entry.Metadata.Count == 0 ? null : entry.Metadata,
    };
}
