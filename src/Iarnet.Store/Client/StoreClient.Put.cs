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
        !cancellationToken.IsCancellationRequested && TryPutShared(bytes.Span, codec, id, wake: true, out var reference)
            ? new ValueTask<ObjectRef>(reference)
            : PutAsync(new ReadOnlySequence<byte>(bytes), new PutOptions { Codec = codec, Id = id }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, string codec, ObjectId? id = null, CancellationToken cancellationToken = default) =>
        bytes.IsSingleSegment
            ? PutAsync(bytes.First, codec, id, cancellationToken)
            : PutAsync(bytes, new PutOptions { Codec = codec, Id = id }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, PutOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (options.Owner is { } owner && owner != _options.Owner)
        {
            throw new ArgumentException($"This client works for '{_options.Owner}' and cannot put for '{owner}'.", nameof(options));
        }

        var facts = await FactsAsync(cancellationToken).ConfigureAwait(false);
        if (bytes.Length > facts.MaxObjectBytes)
        {
            throw new MessageTooLargeException($"An object of {bytes.Length} bytes is larger than the store at '{_target}' takes, which is {facts.MaxObjectBytes}: split it.");
        }

        return facts.Link is { } link && !options.Durable
            ? await link.PutAsync(bytes, options, cancellationToken).ConfigureAwait(false)
            : await PutChunksAsync(bytes, options, facts, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ObjectRef>> PutManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> objects, string codec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(objects);
        var references = new ObjectRef[objects.Count];
        for (var i = 0; i < references.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The store is told now and then that there is something: while it takes in, this goes on.
            if (!TryPutShared(objects[i].Span, codec, null, wake: i % 64 == 63 || i == references.Length - 1, out references[i]))
            {
                references[i] = await PutAsync(new ReadOnlySequence<byte>(objects[i]), new PutOptions { Codec = codec }, cancellationToken).ConfigureAwait(false);
            }
        }

        return references;
    }

    private bool TryPutShared(ReadOnlySpan<byte> bytes, string codec, ObjectId? id, bool wake, out ObjectRef reference)
    {
        if (Link is { } link)
        {
            var made = id ?? ObjectId.New();
            var put = link.TryPut(bytes, codec, made);
            if (wake)
            {
                link.Wake();
            }

            reference = new ObjectRef(made, link.Source);
            return put;
        }

        reference = default;
        return false;
    }

    private async ValueTask<ObjectRef> PutChunksAsync(ReadOnlySequence<byte> bytes, PutOptions options, StoreFacts facts, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(_options.CallTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            using var call = _rpc.Put(new CallOptions(_headers, CancellationToken: either.Token));
            try
            {
                await call.RequestStream.WriteAsync(new PutRequest { Header = HeaderOf(options, bytes.Length) }, either.Token).ConfigureAwait(false);
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

    private PutHeader HeaderOf(PutOptions options, long size)
    {
        var header = new PutHeader
        {
            Owner = _options.Owner,
            Codec = options.Codec,
            Size = (ulong)size,
            Id = options.Id?.ToWire() ?? ByteString.Empty,
            TimeToLive = options.TimeToLive is { } life ? (ulong)Math.Max(1, life.TotalMilliseconds) : 0,
            Durable = options.Durable,
        };
        header.Metadata.Add(options.Metadata?.ToDictionary() ?? []);
        return header;
    }
}
