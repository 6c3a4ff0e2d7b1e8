using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Client;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store;

public sealed partial class StoreClient
{
    /// <inheritdoc/>
    public ValueTask<ObjectLease> GetAsync(ObjectRef reference, CancellationToken cancellationToken = default) =>
        GetAsync(reference, TimeSpan.Zero, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ObjectLease> GetAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Link is { } link && link.TryLease(reference, out var lease)
            ? new ValueTask<ObjectLease>(lease)
            : GetSlowAsync(reference, wait, cancellationToken);

    /// <summary>
    /// The bytes of an object that lies in shared memory: without waiting, without a word to the store, without allocating.
    /// </summary>
    /// <param name="reference">Which object.</param>
    /// <param name="view">Its bytes; dispose it.</param>
    /// <returns>
    /// False when it cannot be read that way: <see cref="GetAsync(ObjectRef, CancellationToken)"/> asks the store.
    /// </returns>
    public bool TryGet(in ObjectRef reference, out ObjectView view)
    {
        if (Link is { } link && link.TryView(reference, out var bytes, out var codec, out var lease))
        {
            view = new ObjectView(bytes, codec, link, lease);
            return true;
        }

        view = default;
        return false;
    }

    private async ValueTask<ObjectLease> GetSlowAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken)
    {
        var facts = await FactsAsync(cancellationToken).ConfigureAwait(false);
        return facts.Link is { } link
            ? await link.LeaseAsync(reference, wait, cancellationToken).ConfigureAwait(false)
            : await GetChunksAsync(reference, wait, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ObjectLease> GetChunksAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(_options.CallTimeout + wait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        RentedBytes? buffer = null;
        try
        {
            using var call = _rpc.Get(new GetRequest { Id = reference.Id.ToWire(), Source = reference.Source, Wait = (ulong)Math.Max(0, wait.TotalMilliseconds) }, new CallOptions(CancellationToken: either.Token));
            var header = await call.ResponseStream.MoveNext(either.Token).ConfigureAwait(false) ? call.ResponseStream.Current.Header : null;
            if (header is null || header.Size > (ulong)_options.MaxObjectBytes)
            {
                throw header is null
                    ? new IarnetException($"The store at '{_target}' answered a Get without a header.")
                    : new MessageTooLargeException($"The object {reference} has {header.Size} bytes and this client takes {_options.MaxObjectBytes}.");
            }

            var size = (int)header.Size;
            buffer = RentedBytes.Rent(size);
            var written = 0;
            while (await call.ResponseStream.MoveNext(either.Token).ConfigureAwait(false))
            {
                stall.CancelAfter(_options.CallTimeout);
                var chunk = call.ResponseStream.Current.Chunk;
                if (chunk.Length > size - written)
                {
                    throw new IarnetException($"The store at '{_target}' announced {size} bytes of the object {reference} and sent more.");
                }

                chunk.Span.CopyTo(buffer.Array.AsSpan(written));
                written += chunk.Length;
            }

            if (written != size)
            {
                throw new StoreUnavailableException($"The store at '{_target}' announced {size} bytes of the object {reference} and sent {written}.");
            }

            var lease = new ObjectLease(reference, header.Codec, header.Metadata.Count == 0 ? null : header.Metadata, buffer.Array.AsMemory(0, size), buffer, 0);
            buffer = null;
            return lease;
        }
        catch (RpcException error) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stalled(error);
        }
        catch (RpcException error)
        {
            throw Typed(error, cancellationToken);
        }
        catch (OperationCanceledException error) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stalled(error);
        }
        finally
        {
            buffer?.Return(0);
        }

        StoreUnavailableException Stalled(Exception error) =>
            new($"The store at '{_target}' sent nothing of the object {reference} for {_options.CallTimeout.TotalSeconds:0.###} s.", error);
    }
}
