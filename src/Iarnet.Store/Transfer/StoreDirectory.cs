using System.Collections.Concurrent;

namespace Iarnet.Store;

/// <summary>A directory that is told where each node's transfer server listens. Thread-safe.</summary>
public sealed class StoreDirectory : IStoreDirectory
{
    private readonly ConcurrentDictionary<string, string[]> _endpoints = new(StringComparer.Ordinal);

    /// <summary>Sets the endpoints of a node, in place of those it had.</summary>
    /// <exception cref="ArgumentException">One is not of the form <c>tcp://host:port</c> or <c>unix:///path</c>.</exception>
    public void Set(string source, params IReadOnlyList<string> endpoints)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        _endpoints[source] = [.. endpoints.Select(e => Transfer.TransferEndpoint.Parse(e).ToString())];
    }

    /// <summary>Forgets a node.</summary>
    public void Remove(string source) => _endpoints.TryRemove(source, out _);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> FindAsync(string source, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<string>>(_endpoints.TryGetValue(source, out var endpoints) ? endpoints : []);
}
