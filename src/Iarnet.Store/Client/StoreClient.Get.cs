using System.Buffers;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Client;
using Iarnet.Store.Memory;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store;

public sealed partial class StoreClient
{
    /// <inheritdoc/>
    public async ValueTask<ObjectLease> GetAsync(ObjectRef reference, CancellationToken cancellationToken = default)
    {
        var facts = await FactsAsync(cancellationToken).ConfigureAwait(false);
        if (reference.Source != facts.Source)
        {
            throw new ObjectNotFoundException(
                $"The object {reference} lies in the store of node '{reference.Source}'; the one at '{_target}' is of '{facts.Source}' and does not fetch from others.");
        }

        return facts.Folder is { } folder
            ? await GetSharedAsync(reference, folder, cancellationToken).ConfigureAwait(false)
            : await GetChunksAsync(reference, cancellationToken).ConfigureAwait(false);
    }

    void ILeaseIssuer.Return(object holding)
    {
        switch (holding)
        {
            case (Mapping mapping, ulong lease):
                _mappings.Return(mapping);
                Return(new Returned(lease, default, IsLease: true));
                break;
            case byte[] { Length: > 0 } rented:
                ArrayPool<byte>.Shared.Return(rented);
                break;
        }
    }

    private async ValueTask<ObjectLease> GetSharedAsync(ObjectRef reference, string folder, CancellationToken cancellationToken)
    {
        var call = CallAsync(_rpc.LeaseAsync(new LeaseRequest { Owner = _options.Owner, Id = reference.Id.ToWire() }, Options(CancellationToken.None)).ResponseAsync, cancellationToken);
        LeaseResponse response;
        try
        {
            response = await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!call.IsCompleted)
        {
            // The store may give the lease all the same: whoever gave up waiting for it still has to give it back.
            _ = GiveBackLateAsync(call);
            throw;
        }

        if (response.Location is not { } location)
        {
            return new ObjectLease(reference, response.Codec, response.Inline.Memory, this, Array.Empty<byte>());
        }

        try
        {
            var (mapping, memory) = Map(folder, location, writable: false);
            return new ObjectLease(reference, response.Codec, memory, this, (mapping, response.Lease));
        }
        catch (IOException error)
        {
            // The folder was seen at Hello and its file is not now: slower, but not lost.
            Return(new Returned(response.Lease, default, IsLease: true));
            _log.SegmentNotMapped(error, location.File);
            return await GetChunksAsync(reference, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task GiveBackLateAsync(Task<LeaseResponse> call)
    {
        try
        {
            Return(new Returned((await call.ConfigureAwait(false)).Lease, default, IsLease: true));
        }
        catch (Exception error) when (error is IarnetException or OperationCanceledException)
        {
            // No lease, nothing to give back.
        }
    }

    private (Mapping Mapping, Memory<byte> Memory) Map(string folder, Location location, bool writable)
    {
        if (!SegmentFolderLayout.IsSegmentName(location.File) || location.Size > (ulong)_options.MaxObjectBytes || location.Offset > int.MaxValue)
        {
            throw new IarnetException($"The store at '{_target}' answered with the segment '{location.File}', {location.Size} bytes from {location.Offset}: that is no place in a segment folder.");
        }

        var mapping = _mappings.Take(Path.Combine(folder, location.File), (long)location.Offset + (long)location.Size, writable);
        return (mapping, mapping.Memory.Slice((int)location.Offset, (int)location.Size));
    }

    private async ValueTask<ObjectLease> GetChunksAsync(ObjectRef reference, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(_options.CallTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        byte[]? buffer = null;
        try
        {
            using var call = _rpc.Get(new GetRequest { Id = reference.Id.ToWire() }, new CallOptions(CancellationToken: either.Token));
            var header = await call.ResponseStream.MoveNext(either.Token).ConfigureAwait(false) ? call.ResponseStream.Current.Header : null;
            if (header is null || header.Size > (ulong)_options.MaxObjectBytes)
            {
                throw header is null
                    ? new IarnetException($"The store at '{_target}' answered a Get without a header.")
                    : new MessageTooLargeException($"The object {reference} has {header.Size} bytes and this client takes {_options.MaxObjectBytes}.");
            }

            var size = (int)header.Size;
            buffer = size == 0 ? [] : ArrayPool<byte>.Shared.Rent(size);
            var written = 0;
            while (await call.ResponseStream.MoveNext(either.Token).ConfigureAwait(false))
            {
                stall.CancelAfter(_options.CallTimeout);
                var chunk = call.ResponseStream.Current.Chunk;
                if (chunk.Length > size - written)
                {
                    throw new IarnetException($"The store at '{_target}' announced {size} bytes of the object {reference} and sent more.");
                }

                chunk.Span.CopyTo(buffer.AsSpan(written));
                written += chunk.Length;
            }

            if (written != size)
            {
                throw new StoreUnavailableException($"The store at '{_target}' announced {size} bytes of the object {reference} and sent {written}.");
            }

            var lease = new ObjectLease(reference, header.Codec, buffer.AsMemory(0, size), this, buffer);
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
            if (buffer is { Length: > 0 })
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        StoreUnavailableException Stalled(Exception error) =>
            new($"The store at '{_target}' sent nothing of the object {reference} for {_options.CallTimeout.TotalSeconds:0.###} s.", error);
    }
}
