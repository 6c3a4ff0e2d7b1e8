namespace Iarnet.Store.Transfer;

/// <summary>An object that is held for serving it. One reader at a time.</summary>
internal interface ITransferObject : IDisposable
{
    long Size { get; }

    string Codec { get; }

    IReadOnlyDictionary<string, string>? Metadata { get; }

    /// <summary>The bytes of a range, valid until the next call and until the object is disposed; waits until they are there.</summary>
    ValueTask<ReadOnlyMemory<byte>> RangeAsync(long offset, int length, CancellationToken cancellationToken);
}
