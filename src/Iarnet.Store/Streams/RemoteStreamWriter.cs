using Google.Protobuf;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Service;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Streams;

/// <summary>Writes a stream of a store in another process.</summary>
internal sealed class RemoteStreamWriter(
    StoreClient client, in ObjectRef reference, AsyncClientStreamingCall<AppendStreamRequest, AppendStreamResponse> call, long offset, int largestPart)
    : ObjectStreamWriter(reference)
{
    private const int BatchBytes = 64 * 1024;

    private long _offset = offset;
    private Task _sending = Task.CompletedTask;
    private bool _busy;
    private bool _ended;

    public override long Offset => Volatile.Read(ref _offset);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            await SentAsync(wait, cancellationToken).ConfigureAwait(false);
            if (chunk.Length > largestPart)
            {
                // A copy: the caller's memory is its own again when the wait is over, and the parts may not all be sent by then.
                _sending = SendPartsAsync(chunk.ToArray());
            }
            else
            {
                var message = new StreamChunks();
                message.Chunks.Add(UnsafeByteOperations.UnsafeWrap(chunk));
                _sending = call.RequestStream.WriteAsync(new AppendStreamRequest { Chunks = message }, CancellationToken.None);
            }

            _offset++;
            await SentAsync(wait, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    public override async ValueTask WriteManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        for (var at = 0; at < chunks.Count;)
        {
            var message = new StreamChunks();
            for (var bytes = 0; at + message.Chunks.Count < chunks.Count && message.Chunks.Count < StreamAppend.MostChunks;)
            {
                var chunk = chunks[at + message.Chunks.Count];
                bytes += chunk.Length;
                if (bytes > BatchBytes)
                {
                    break;
                }

                message.Chunks.Add(UnsafeByteOperations.UnsafeWrap(chunk));
            }

            if (message.Chunks.Count < 2)
            {
                await WriteAsync(chunks[at++], cancellationToken).ConfigureAwait(false);
                continue;
            }

            Enter();
            try
            {
                await SentAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
                _sending = call.RequestStream.WriteAsync(new AppendStreamRequest { Chunks = message }, CancellationToken.None);
                at += message.Chunks.Count;
                _offset += message.Chunks.Count;
                await SentAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Leave();
            }
        }
    }

    public override ValueTask CompleteAsync(CancellationToken cancellationToken = default) =>
        EndAsync(new StreamEnd { State = Wire.StreamState.Completed }, cancellationToken);

    public override ValueTask FailAsync(string error, CancellationToken cancellationToken = default) =>
        EndAsync(new StreamEnd { State = Wire.StreamState.Failed, Error = StreamErrors.Cut(error) }, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            await client.AbandonAsync(Reference).ConfigureAwait(false);
        }

        call.Dispose();
    }

    private async Task SendPartsAsync(ReadOnlyMemory<byte> chunk)
    {
        while (!chunk.IsEmpty)
        {
            var part = chunk[..Math.Min(largestPart, chunk.Length)];
            chunk = chunk[part.Length..];
            var message = new StreamChunks { More = !chunk.IsEmpty };
            message.Chunks.Add(UnsafeByteOperations.UnsafeWrap(part));
            await call.RequestStream.WriteAsync(new AppendStreamRequest { Chunks = message }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask EndAsync(StreamEnd end, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            if (_ended)
            {
                throw new InvalidOperationException($"The stream {Reference} was ended already.");
            }

            await SentAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            _sending = call.RequestStream.WriteAsync(new AppendStreamRequest { End = end }, CancellationToken.None);
            await SentAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);
            _sending = call.ResponseAsync;
            await SentAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            _ended = true;
        }
        finally
        {
            Leave();
        }
    }

    // A wait that ends early leaves what is under way alone: breaking it off would break the call.
    private async ValueTask SentAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            if (!await new Deadline(client.Time, wait).WaitAsync(_sending, cancellationToken).ConfigureAwait(false))
            {
                throw new CallTimeoutException($"The store did not take what is written to the stream {Reference} within {wait.TotalSeconds:0.###} s: its readers do not get on.");
            }
        }
        catch (Exception error) when (error is RpcException || (error is InvalidOperationException && call.ResponseAsync.IsCompleted))
        {
            throw await client.StreamErrorAsync(error, call.ResponseAsync).ConfigureAwait(false);
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _busy, true))
        {
            throw new InvalidOperationException("A write is under way: one at a time.");
        }
    }

    private void Leave() => Volatile.Write(ref _busy, false);
}
