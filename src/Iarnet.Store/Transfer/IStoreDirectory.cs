namespace Iarnet.Store;

/// <summary>Knows where the transfer server of a node listens. Thread-safe.</summary>
public interface IStoreDirectory
{
    /// <summary>
    /// The endpoints of the node's <see cref="TransferServer"/>, the one to try first in front, such as <c>tcp://10.0.0.2:7000</c>; none when
    /// the node is not known.
    /// </summary>
    /// <param name="source">The node, as in <see cref="Objects.ObjectRef.Source"/>.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    ValueTask<IReadOnlyList<string>> FindAsync(string source, CancellationToken cancellationToken = default);
}
