using System.Buffers;
using Google.Protobuf;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Client;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store;

public sealed partial class StoreClient
{
    /// <inheritdoc/>
    public ValueTask<ObjectRef> PutAsync(ReadOnlyMemory<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        PutAsync(new ReadOnlySequence<byte>(bytes), codec, id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default)
    {
        StoreNames.CheckCodec(codec);
        var facts = await FactsAsync(cancellationToken).ConfigureAwait(false);
        if (bytes.Length > facts.MaxObjectBytes)
        {
            throw new MessageTooLargeException($"An object of {bytes.Length} bytes is larger than the store at '{_target}' takes, which is {facts.MaxObjectBytes}: split it.");
        }

        return (facts.Folder is { } folder && bytes.Length >= facts.SharedMinimum
                ? await PutSharedAsync(bytes, codec, id, folder, cancellationToken).ConfigureAwait(false)
                : null)
            ?? await PutChunksAsync(bytes, codec, id, facts, cancellationToken).ConfigureAwait(false);
    }

    // Null when it has to go the other way.
    private async ValueTask<ObjectRef?> PutSharedAsync(ReadOnlySequence<byte> bytes, string codec, ObjectId? id, string folder, CancellationToken cancellationToken)
    {
        var request = new CreateRequest { Owner = _options.Owner, Codec = codec, Size = (ulong)bytes.Length, Id = id?.ToWire() ?? ByteString.Empty };
        var call = _rpc.CreateAsync(request, Options(CancellationToken.None)).ResponseAsync;
        CreateResponse created;
        try
        {
            created = await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!call.IsCompleted)
        {
            // The store may make it all the same, and somebody has to give it up.
            _ = AbortLateAsync(call);
            throw;
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists)
        {
            // This owner is writing the same id at this moment: chunks stand in nobody's way.
            return null;
        }
        catch (RpcException error)
        {
            throw Typed(error, cancellationToken);
        }

        var isSealed = false;
        try
        {
            var (mapping, memory) = Map(folder, created.Location, writable: true);
            try
            {
                bytes.CopyTo(memory.Span);
            }
            finally
            {
                _mappings.Return(mapping);
            }

            cancellationToken.ThrowIfCancellationRequested();
            isSealed = true;
            var put = await CallAsync(_rpc.SealAsync(
                new SealRequest { Owner = _options.Owner, Id = created.Id, Size = (ulong)bytes.Length }, Options(CancellationToken.None)).ResponseAsync, cancellationToken).ConfigureAwait(false);
            return new ObjectRef(put.Id.ToId(), put.Source);
        }
        catch (IOException error)
        {
            _log.SegmentNotMapped(error, created.Location.File);
            return null;
        }
        finally
        {
            if (!isSealed)
            {
                await AbortAsync(created.Id).ConfigureAwait(false);
            }
        }
    }

    private async Task AbortLateAsync(Task<CreateResponse> call)
    {
        try
        {
            await AbortAsync((await call.ConfigureAwait(false)).Id).ConfigureAwait(false);
        }
        catch (RpcException)
        {
            // Nothing was made, nothing to give up.
        }
    }

    private async Task AbortAsync(ByteString id)
    {
        try
        {
            await _rpc.AbortAsync(new AbortRequest { Owner = _options.Owner, Id = id }, Options(CancellationToken.None)).ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException error)
        {
            // The store takes it back with the owner.
            _log.NotGivenBack(error, 1);
        }
    }

    private async ValueTask<ObjectRef> PutChunksAsync(ReadOnlySequence<byte> bytes, string codec, ObjectId? id, StoreFacts facts, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(_options.CallTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            using var call = _rpc.Put(new CallOptions(CancellationToken: either.Token));
            try
            {
                await call.RequestStream.WriteAsync(
                    new PutRequest { Header = new PutHeader { Owner = _options.Owner, Codec = codec, Size = (ulong)bytes.Length, Id = id?.ToWire() ?? ByteString.Empty } }, either.Token).ConfigureAwait(false);
                foreach (var part in bytes)
                {
                    for (var left = part; !left.IsEmpty;)
                    {
                        var chunk = left[..Math.Min(left.Length, facts.ChunkBytes)];
                        left = left[chunk.Length..];
                        stall.CancelAfter(_options.CallTimeout);
                        await call.RequestStream.WriteAsync(new PutRequest { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, either.Token).ConfigureAwait(false);
                    }
                }

                await call.RequestStream.CompleteAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is RpcException or InvalidOperationException && !either.IsCancellationRequested)
            {
                // The store ended the call early: why is in the response.
            }

            stall.CancelAfter(_options.CallTimeout);
            var put = await call.ResponseAsync.ConfigureAwait(false);
            return new ObjectRef(put.Id.ToId(), put.Source);
        }
        catch (RpcException error) when (!stall.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            throw Typed(error, cancellationToken);
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"The store at '{_target}' took nothing of an object of {bytes.Length} bytes for {_options.CallTimeout.TotalSeconds:0.###} s.", error);
        }
    }
}
