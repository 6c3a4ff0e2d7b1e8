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
        var target = new GetTarget(_options.MaxObjectBytes);
        try
        {
            var request = new GetRequest { Id = reference.Id.ToWire(), Source = reference.Source, Wait = (ulong)Math.Max(0, wait.TotalMilliseconds) };
            using var call = _invoker.AsyncServerStreamingCall(target.Method, null, new CallOptions(_headers, CancellationToken: either.Token), request);
            while (await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
            {
                stall.CancelAfter(_options.CallTimeout);
                if (target.Header?.Size > (ulong)_options.MaxObjectBytes)
                {
                    throw new MessageTooLargeException($"The object {reference} has {target.Header.Size} bytes and this client takes {_options.MaxObjectBytes}.");
                }

                if (target.IsWrong)
                {
                    throw new IarnetException($"The store at '{_target}' announced {target.Header?.Size} bytes of the object {reference} and sent more, or something else.");
                }
            }

            if (target.Take() is not { } bytes)
            {
                throw new StoreUnavailableException($"The store at '{_target}' announced {target.Header?.Size} bytes of the object {reference} and sent {target.Written}.");
            }

            var header = target.Header!;
            return new ObjectLease(reference, header.Codec, header.Metadata.Count == 0 ? null : header.Metadata, bytes.Array.AsMemory(0, (int)header.Size), bytes, 0);
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
            target.Drop();
        }

        StoreUnavailableException Stalled(Exception error) =>
            new($"The store at '{_target}' sent nothing of the object {reference} for {_options.CallTimeout.TotalSeconds:0.###} s.", error);
    }
}
