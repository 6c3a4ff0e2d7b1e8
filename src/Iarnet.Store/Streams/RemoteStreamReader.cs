using Google.Protobuf;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Client;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Streams;

/// <summary>Reads a stream of a store in another process. The writer does not wait for what the connection has taken already.</summary>
internal sealed class RemoteStreamReader : ObjectStreamReader
{
    private readonly StoreClient _client;
    private readonly AsyncServerStreamingCall<ReadStreamResponse> _call;
    private readonly ReadStreamHeader _header;
    private readonly List<ByteString> _parts = [];
    private Task<bool>? _moving;
    private StreamChunks? _message;
    private int _next;
    private long _position;
    private bool _busy;
    private volatile bool _disposed;

    public RemoteStreamReader(StoreClient client, in ObjectRef reference, AsyncServerStreamingCall<ReadStreamResponse> call, ReadStreamHeader header)
        : base(reference)
    {
        _client = client;
        _call = call;
        _header = header;
        _position = (long)header.From;
    }

    public override long Position => Volatile.Read(ref _position);

    public override async ValueTask<ObjectLease?> ReadAsync(TimeSpan wait, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _busy, true))
        {
            throw new InvalidOperationException("A read is under way: one at a time.");
        }

        try
        {
            return await ReadNextAsync(new Deadline(_client.Time, wait), wait, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _busy, false);
        }
    }

    public override async ValueTask<ObjectLease?> GetChunkAsync(long offset, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var one = await _client.OpenOneAsync(Reference, offset, wait, cancellationToken).ConfigureAwait(false);
        await using (((IAsyncDisposable)one).ConfigureAwait(false))
        {
            return await one.ReadAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
    }

    public override ValueTask DisposeAsync()
    {
        _disposed = true;
        _call.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ObjectLease?> ReadNextAsync(Deadline deadline, TimeSpan wait, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_message is { } message && _next < message.Chunks.Count)
            {
                var chunk = message.Chunks[_next++];
                if (_next == message.Chunks.Count && message.More)
                {
                    Keep(chunk);
                    continue;
                }

                _position++;
                return LeaseOf(chunk);
            }

            // A wait that ends early leaves the move alone: breaking it off would break the call.
            _moving ??= _call.ResponseStream.MoveNext(CancellationToken.None);
            try
            {
                if (!await deadline.WaitAsync(_moving, cancellationToken).ConfigureAwait(false))
                {
                    throw new CallTimeoutException($"The chunk {_position} of the stream {Reference} was not written within {wait.TotalSeconds:0.###} s.");
                }

                if (!await _moving.ConfigureAwait(false))
                {
                    return null;
                }
            }
            catch (RpcException error)
            {
                throw _client.StreamError(error);
            }

            _moving = null;
            _message = _call.ResponseStream.Current.Chunks;
            _next = 0;
        }
    }

    private void Keep(ByteString part)
    {
        _parts.Add(part);
        if (_parts.Sum(static p => (long)p.Length) > ObjectStoreOptions.HardMaxObjectBytes)
        {
            throw new MessageTooLargeException($"A chunk of the stream {Reference} has more than {ObjectStoreOptions.HardMaxObjectBytes} bytes.");
        }
    }

    private ObjectLease LeaseOf(ByteString last)
    {
        if (_parts.Count == 0)
        {
            return Lease(last.Memory, new RentedBytes([]));
        }

        Keep(last);
        var size = _parts.Sum(static p => p.Length);
        var whole = RentedBytes.Rent(size);
        var at = 0;
        foreach (var part in _parts)
        {
            part.Span.CopyTo(whole.Array.AsSpan(at));
            at += part.Length;
        }

        _parts.Clear();
        return Lease(whole.Array.AsMemory(0, size), whole);
    }

    private ObjectLease Lease(ReadOnlyMemory<byte> bytes, RentedBytes issuer) =>
        new(Reference, _header.Codec, _header.Metadata.Count == 0 ? null : _header.Metadata, bytes, issuer, 0);
}
