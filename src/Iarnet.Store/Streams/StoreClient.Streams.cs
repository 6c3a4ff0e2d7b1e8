using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store.Client;
using Iarnet.Store.Service;
using Iarnet.Store.Streams;
using Iarnet.Store.Wire;

namespace Iarnet.Store;

public sealed partial class StoreClient : IObjectStreams
{
    // Ends what is read and written when the client closes.
    private readonly CancellationTokenSource _ending = new();

    internal TimeProvider Time => _time;

    /// <inheritdoc/>
    public async ValueTask<ObjectStreamWriter> CreateStreamAsync(StreamOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= StreamOptions.Default;
        options.Check();
        RequireOwn(options.Owner, nameof(options));
        var facts = await FactsAsync(cancellationToken).ConfigureAwait(false);
        var request = new CreateStreamRequest
        {
            Owner = _options.Owner,
            Id = options.Id?.ToWire() ?? Google.Protobuf.ByteString.Empty,
            Codec = options.Codec,
            Passing = !options.Retain,
            BufferBytes = (ulong)options.BufferBytes,
            BufferChunks = (uint)options.BufferChunks,
            WriterGrace = (ulong)Math.Max(1, options.WriterGrace.TotalMilliseconds),
        };
        request.Metadata.Add(options.Metadata?.ToDictionary() ?? []);
        var created = await CallAsync(_rpc.CreateStreamAsync(request, Options(cancellationToken)).ResponseAsync, cancellationToken).ConfigureAwait(false);
        return await AppendAsync(new ObjectRef(created.Id.ToId(), created.Source), 0, facts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Goes on with a stream that this owner began, within its <see cref="StreamOptions.WriterGrace"/>: after a lost connection, say. A writer that
    /// still has it loses it.
    /// </summary>
    /// <param name="reference">Which stream.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A writer whose <see cref="ObjectStreamWriter.Offset"/> says what has arrived: write again what is not in.</returns>
    /// <exception cref="ObjectNotFoundException">There is no such stream.</exception>
    /// <exception cref="StreamAbandonedException">It was given up already.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public async ValueTask<ObjectStreamWriter> ResumeStreamAsync(ObjectRef reference, CancellationToken cancellationToken = default)
    {
        var facts = await FactsAsync(cancellationToken).ConfigureAwait(false);
        var stat = await CallAsync(_rpc.StatStreamAsync(new StatStreamRequest { Id = reference.Id.ToWire() }, Options(cancellationToken)).ResponseAsync, cancellationToken)
            .ConfigureAwait(false);
        return stat.State switch
        {
            Wire.StreamState.Open => await AppendAsync(reference, (long)stat.Next, facts, cancellationToken).ConfigureAwait(false),
            Wire.StreamState.Abandoned => throw new StreamAbandonedException($"The stream {reference} was abandoned after {stat.Next} chunks: {stat.Error}."),
            _ => throw new InvalidOperationException($"The stream {reference} was ended after {stat.Next} chunks: nothing can be written to it."),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectStreamReader> OpenStreamAsync(ObjectRef reference, StreamReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= StreamReadOptions.Default;
        options.Check();
        var request = new ReadStreamRequest
        {
            Id = reference.Id.ToWire(),
            Source = reference.Source,
            Start = options.FromEnd ? StreamStart.End : options.From is null ? StreamStart.First : StreamStart.Offset,
            Offset = (ulong)(options.From ?? 0),
            Wait = (ulong)options.Wait.TotalMilliseconds,
        };

        return await ReadAsync(reference, request, options.Wait, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one chunk, without being a reader that the writer waits for.</summary>
    internal ValueTask<ObjectStreamReader> OpenOneAsync(ObjectRef reference, long offset, TimeSpan wait, CancellationToken cancellationToken)
    {
        var request = new ReadStreamRequest { Id = reference.Id.ToWire(), Source = reference.Source, Start = StreamStart.Offset, Offset = (ulong)offset, Count = 1, Detached = true };
        if (wait != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero);
            request.ChunkWait = (ulong)Math.Max(1, wait.TotalMilliseconds);
        }

        return ReadAsync(reference, request, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Tells the store that a stream is not completed any more. Never throws.</summary>
    internal async ValueTask AbandonAsync(ObjectRef reference)
    {
        try
        {
            var request = new AbandonStreamRequest { Id = reference.Id.ToWire(), Owner = _options.Owner };
            await _rpc.AbandonStreamAsync(request, Options(CancellationToken.None)).ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // It was released.
        }
        catch (Exception error)
        {
            // The store gives it up after the grace.
            _log.NotAbandoned(error, reference.Id);
        }
    }

    /// <summary>Why nothing more can be written: what the store said, if it did.</summary>
    internal async ValueTask<Exception> StreamErrorAsync(Exception error, Task<AppendStreamResponse> response)
    {
        if (response.IsCompleted)
        {
            try
            {
                await response.ConfigureAwait(false);
            }
            catch (RpcException said)
            {
                return StreamError(said);
            }
        }

        return error is RpcException rpc ? StreamError(rpc) : error;
    }

    internal Exception StreamError(RpcException error) => error.StatusCode switch
    {
        StatusCode.Aborted => new StreamFailedException(error.Status.Detail, error),
        StatusCode.DataLoss => new StreamAbandonedException(error.Status.Detail, error),
        StatusCode.DeadlineExceeded => new CallTimeoutException(error.Status.Detail, error),
        StatusCode.FailedPrecondition => new InvalidOperationException(error.Status.Detail, error),
        _ => Typed(error, CancellationToken.None),
    };

    private async ValueTask<ObjectStreamWriter> AppendAsync(ObjectRef reference, long offset, StoreFacts facts, CancellationToken cancellationToken)
    {
        var call = _rpc.AppendStream(new CallOptions(_headers, CancellationToken: _ending.Token));
        try
        {
            var header = new AppendStreamHeader { Id = reference.Id.ToWire(), Owner = _options.Owner, Offset = (ulong)offset };
            await call.RequestStream.WriteAsync(new AppendStreamRequest { Header = header }, cancellationToken).ConfigureAwait(false);

            // Only then is an older writer out of the way.
            await call.ResponseHeadersAsync.WaitAsync(_options.CallTimeout, _time, cancellationToken).ConfigureAwait(false);
            return new RemoteStreamWriter(this, reference, call, offset, facts.ChunkBytes);
        }
        catch (Exception error)
        {
            call.Dispose();
            throw error switch
            {
                RpcException rpc => StreamError(rpc),
                TimeoutException => new StoreUnavailableException($"The store at '{_target}' said nothing of the stream {reference} for {_options.CallTimeout.TotalSeconds:0.###} s.", error),
                _ => error,
            };
        }
    }

    private async ValueTask<ObjectStreamReader> ReadAsync(ObjectRef reference, ReadStreamRequest request, TimeSpan wait, CancellationToken cancellationToken)
    {
        await FactsAsync(cancellationToken).ConfigureAwait(false);
        var call = _rpc.ReadStream(request, new CallOptions(_headers, CancellationToken: _ending.Token));
        try
        {
            using var patience = new CancellationTokenSource(_options.CallTimeout + wait, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                return await call.ResponseStream.MoveNext(either.Token).ConfigureAwait(false) && call.ResponseStream.Current.Header is { } header
                    ? new RemoteStreamReader(this, reference, call, header)
                    : throw new IarnetException($"The store at '{_target}' answered a ReadStream without a header.");
            }
            catch (RpcException error) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new StoreUnavailableException($"The store at '{_target}' said nothing of the stream {reference} for {_options.CallTimeout.TotalSeconds:0.###} s.", error);
            }
        }
        catch (Exception error)
        {
            call.Dispose();
            throw error is RpcException rpc ? rpc.StatusCode == StatusCode.Cancelled ? Typed(rpc, cancellationToken) : StreamError(rpc) : error;
        }
    }

    private void RequireOwn(string? owner, string parameter)
    {
        if (owner is not null && owner != _options.Owner)
        {
            throw new ArgumentException($"This client works for '{_options.Owner}' and cannot put for '{owner}'.", parameter);
        }
    }
}
