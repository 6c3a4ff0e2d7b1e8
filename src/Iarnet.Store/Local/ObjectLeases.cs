using System.Collections;
using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>Leases of several objects, given back together.</summary>
public sealed class ObjectLeases : IReadOnlyList<ObjectLease>, IDisposable
{
    private readonly ObjectLease[] _leases;

    private ObjectLeases(ObjectLease[] leases) => _leases = leases;

    /// <inheritdoc/>
    public int Count => _leases.Length;

    /// <inheritdoc/>
    public ObjectLease this[int index] => _leases[index];

    /// <summary>Leases all of several objects, or none.</summary>
    internal static async ValueTask<ObjectLeases> TakeAsync(IObjectReader reader, IReadOnlyList<ObjectRef> references, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(references);
        var leases = new ObjectLease[references.Count];
        var taken = 0;
        try
        {
            for (; taken < leases.Length; taken++)
            {
                leases[taken] = await reader.GetAsync(references[taken], cancellationToken).ConfigureAwait(false);
            }

            return new ObjectLeases(leases);
        }
        catch
        {
            foreach (var lease in leases.AsSpan(0, taken))
            {
                lease.Dispose();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<ObjectLease> GetEnumerator() => ((IEnumerable<ObjectLease>)_leases).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gives all of them back.</summary>
    public void Dispose()
    {
        foreach (var lease in _leases)
        {
            lease.Dispose();
        }
    }
}
