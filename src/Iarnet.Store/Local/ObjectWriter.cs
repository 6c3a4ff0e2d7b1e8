using System.Buffers;
using System.IO.Pipelines;
using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>
/// Writes one object in its place in the store, piece by piece; nobody can read it before <see cref="SealAsync"/>. As an
/// <see cref="IBufferWriter{T}"/> it grows when it must, without waiting: where the store may be full, call <see cref="ReserveAsync"/> first.
/// Not thread-safe. Disposing without sealing gives the object up.
/// </summary>
public sealed class ObjectWriter : IBufferWriter<byte>, IDisposable, IAsyncDisposable
{
    private const int LeastGrowth = 4096;

    private readonly UnfinishedObject _unfinished;

    internal ObjectWriter(UnfinishedObject unfinished) => _unfinished = unfinished;

    /// <summary>Bytes written so far.</summary>
    public long Written => _unfinished.Written;

    /// <summary>The id that the object will have.</summary>
    public ObjectId Id => _unfinished.Id;

    /// <inheritdoc/>
    public void Advance(int count) => _unfinished.Advance(count);

    /// <inheritdoc/>
    /// <exception cref="StoreFullException">There is no room at this moment.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = Written + Math.Max(sizeHint, 1);
        if (needed > _unfinished.Reserved)
        {
            var growing = _unfinished.ReserveAsync(Math.Max(needed, Written + LeastGrowth), new CancellationToken(canceled: true));
            if (!growing.IsCompletedSuccessfully)
            {
                ThrowFull(growing);
            }
        }

        return _unfinished.Rest();
    }

    /// <inheritdoc/>
    /// <exception cref="StoreFullException">There is no room at this moment.</exception>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Memory for at least this many more bytes, waiting for room if need be; say with <see cref="Advance"/> how many were written.</summary>
    /// <exception cref="StoreFullException">No room came up in time.</exception>
    /// <exception cref="MessageTooLargeException">The object gets larger than the store takes.</exception>
    public async ValueTask<Memory<byte>> ReserveAsync(int sizeHint, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (Written + Math.Max(sizeHint, 1) > _unfinished.Reserved)
        {
            // At the end of what the store takes the rest is shorter than was hoped for, but not empty.
            var wanted = Math.Max(Written + 1, Math.Min(Written + sizeHint, _unfinished.Store.MaxObjectBytes));
            await _unfinished.ReserveAsync(wanted, cancellationToken).ConfigureAwait(false);
        }

        return _unfinished.Rest();
    }

    /// <summary>Appends bytes, which are copied.</summary>
    /// <exception cref="StoreFullException">No room came up in time.</exception>
    /// <exception cref="MessageTooLargeException">The object gets larger than the store takes.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) => _unfinished.WriteAsync(bytes, cancellationToken);

    /// <summary>The object as a stream to write to; disposing the stream does nothing.</summary>
    public Stream AsStream() => new ObjectWriterStream(this);

    /// <summary>The object as a pipe to write to; completing the pipe does nothing.</summary>
    public PipeWriter AsPipeWriter() => PipeWriter.Create(AsStream(), new StreamPipeWriterOptions(leaveOpen: true));

    /// <summary>Makes the object readable and immutable. Once.</summary>
    /// <exception cref="IarnetException">The owner was released meanwhile, or it was sealed or disposed before.</exception>
    public async ValueTask<ObjectRef> SealAsync(CancellationToken cancellationToken = default) =>
        (await _unfinished.Store.SealAsync(_unfinished, Written, cancellationToken).ConfigureAwait(false)).Reference;

    /// <summary>Gives the object up unless it is sealed.</summary>
    public void Dispose() => _unfinished.Dispose();

    /// <summary>Gives the object up unless it is sealed.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void ThrowFull(ValueTask growing)
    {
        try
        {
            growing.AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException error)
        {
            throw new StoreFullException($"There is no room for more than {_unfinished.Reserved} bytes of the object at this moment: call {nameof(ReserveAsync)} first, which waits for some.", error);
        }
    }
}
