using Iarnet.Objects;
using Iarnet.Store.Memory;
using Iarnet.Store.Transfer;

namespace Iarnet.Store;

public sealed partial class TransferServer
{
    private const int MostPlacesOfConnection = 64;

    private async Task ServeAsync(TransferConnection connection, Task entered, bool busy)
    {
        await entered.ConfigureAwait(false);
        var places = new HashSet<ObjectRef>();
        try
        {
            connection.Arm(_options.HelloTimeout);
            if (await GreetAsync(connection, busy).ConfigureAwait(false))
            {
                while (await AnswerAsync(connection, places).ConfigureAwait(false))
                {
                }
            }
        }
        catch (TransferProtocolException e)
        {
            Interlocked.Increment(ref _refused);
            _log.PeerRefused(connection.Peer, e.Message);
            await FarewellAsync(connection, TransferErrorCode.Invalid, e.Message).ConfigureAwait(false);
        }
        catch (TransferBrokenException e)
        {
            _log.PeerLeft(connection.Peer, e.Message);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            await FarewellAsync(connection, TransferErrorCode.Unavailable, "The server closes.").ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _log.ServingFailed(e, connection.Peer);
            await FarewellAsync(connection, TransferErrorCode.Internal, "The server failed; its log says how.").ConfigureAwait(false);
        }
        finally
        {
            foreach (var reference in places)
            {
                _board.Closed(reference, connection);
            }

            connection.Dispose();
            _serving.TryRemove(connection, out _);
        }
    }

    private async ValueTask<bool> GreetAsync(TransferConnection connection, bool busy)
    {
        if (await connection.ReceiveHeaderAsync().ConfigureAwait(false) is not { } header)
        {
            return false;
        }

        if (header.Kind != FrameKind.Hello)
        {
            throw new TransferProtocolException($"The first frame is of kind {(byte)header.Kind}: expected HELLO, {(byte)FrameKind.Hello}.");
        }

        var body = await connection.ReceiveBodyAsync(header, TransferLimits.RequestBytes).ConfigureAwait(false);
        if (!ReadHello(body.Span))
        {
            Interlocked.Increment(ref _refused);
            _log.PeerRefused(connection.Peer, "The token is another.");
            await FarewellAsync(connection, TransferErrorCode.Denied, "The token is not the one of this server: give fetcher and server the same.").ConfigureAwait(false);
            return false;
        }

        if (busy)
        {
            Interlocked.Increment(ref _refused);
            await FarewellAsync(connection, TransferErrorCode.Busy, $"The server has its {_options.MaxConnections} connections already.").ConfigureAwait(false);
            return false;
        }

        await connection.SendAsync(FrameKind.Welcome, header.Call, WriteWelcome(connection.BodyOut(16))).ConfigureAwait(false);
        return true;
    }

    private bool ReadHello(ReadOnlySpan<byte> from)
    {
        var body = new BodyReader(from);
        var magic = body.UInt32();
        var version = body.UInt16();
        if (magic != TransferLimits.Magic || version != TransferLimits.Version)
        {
            throw new TransferProtocolException($"A peer speaks {magic:x8} version {version}: expected {TransferLimits.Magic:x8} version {TransferLimits.Version}.");
        }

        var token = body.Bytes(TransferLimits.TokenBytes);
        body.End();
        return _token.Length == 0 || Token.IsSame(token, _token);
    }

    private static int WriteWelcome(Span<byte> to)
    {
        var body = new BodyWriter(to);
        body.UInt32(TransferLimits.Magic);
        body.UInt16(TransferLimits.Version);
        body.UInt32(TransferLimits.ChunkBytes);
        return body.Length;
    }

    /// <summary>One request; false when the peer is done.</summary>
    private async ValueTask<bool> AnswerAsync(TransferConnection connection, HashSet<ObjectRef> places)
    {
        connection.Arm(_options.IdleTimeout);
        if (await connection.ReceiveHeaderAsync(_options.StallTimeout).ConfigureAwait(false) is not { } header)
        {
            return false;
        }

        var body = await connection.ReceiveBodyAsync(header, TransferLimits.RequestBytes).ConfigureAwait(false);
        connection.Arm(_options.StallTimeout);
        try
        {
            switch (header.Kind)
            {
                case FrameKind.Locate:
                    await LocateAsync(connection, header, LocateRequest.Read(body.Span), places).ConfigureAwait(false);
                    return true;
                case FrameKind.Read:
                    await ReadAsync(connection, header, ReadRequest.Read(body.Span)).ConfigureAwait(false);
                    return true;
                case FrameKind.Done:
                    var done = DoneRequest.Read(body.Span);
                    _board.Done(done.Reference, done.Ticket, done.HasAll, connection);
                    places.Remove(done.Reference);
                    return true;
                default:
                    throw new TransferProtocolException($"A frame of kind {(byte)header.Kind} is no request.");
            }
        }
        catch (Exception e) when (e is not (TransferProtocolException or TransferBrokenException or OperationCanceledException))
        {
            // Between two frames: the connection is as good as before.
            var code = CodeOf(e);
            if (code == TransferErrorCode.Internal)
            {
                _log.ServingFailed(e, connection.Peer);
            }

            connection.Arm(_options.StallTimeout);
            await SendErrorAsync(connection, header.Call, code, code == TransferErrorCode.Internal ? "The server failed; its log says how." : e.Message).ConfigureAwait(false);
            return true;
        }
    }

    private async ValueTask LocateAsync(TransferConnection connection, FrameHeader header, LocateRequest request, HashSet<ObjectRef> places)
    {
        using var found = await OpenAsync(request.Reference).ConfigureAwait(false);
        var direct = (header.Flags & FrameFlags.Direct) != 0 || (places.Count >= MostPlacesOfConnection && !places.Contains(request.Reference));
        var place = direct ? Placement.Here : _board.Place(request, found.Size, connection, connection.IsLocal);
        if (place.Ticket != 0)
        {
            places.Add(request.Reference);
        }

        if (place.Redirected)
        {
            Interlocked.Increment(ref _redirects);
        }

        var located = new Located(found.Size, place.Ticket, place.Redirected, place.Holders, found.Codec, found.Metadata);
        if (located.MostBytes > TransferLimits.AnswerBytes)
        {
            throw new MessageTooLargeException($"The metadata of the object {request.Reference.Id} takes more than {TransferLimits.AnswerBytes} bytes: it cannot be sent.");
        }

        await connection.SendAsync(FrameKind.Located, header.Call, located.Write(connection.BodyOut(located.MostBytes))).ConfigureAwait(false);
        if (!place.Redirected && found.Size > 0 && found.Size <= request.Eager)
        {
            await SendChunkAsync(connection, header.Call, request.Reference, found, 0, (int)found.Size, fresh: false).ConfigureAwait(false);
        }
    }

    private async ValueTask ReadAsync(TransferConnection connection, FrameHeader header, ReadRequest request)
    {
        Interlocked.Increment(ref _reads);
        using var found = await OpenAsync(request.Reference).ConfigureAwait(false);
        if (found.Size != request.Size)
        {
            throw new TransferRefusedException(TransferErrorCode.Changed, $"The object {request.Reference.Id} has {found.Size} bytes here, not {request.Size}.");
        }

        var fresh = (header.Flags & FrameFlags.Fresh) != 0;
        var end = request.Offset + request.Length;
        for (var at = request.Offset; at < end;)
        {
            var length = (int)Math.Min(end - at, TransferLimits.ChunkBytes);
            await SendChunkAsync(connection, header.Call, request.Reference, found, at, length, fresh).ConfigureAwait(false);
            at += length;
        }
    }

    private async ValueTask SendChunkAsync(TransferConnection connection, uint call, ObjectRef reference, ITransferObject found, long offset, int length, bool fresh)
    {
        var bytes = await RangeAsync(found, reference, offset, length).ConfigureAwait(false);
        var chunk = (int)(offset / TransferLimits.ChunkBytes);
        if (fresh || !_checksums.TryGet(reference, found.Size, chunk, out var checksum))
        {
            checksum = Checksum.Of(bytes.Span);
            _checksums.Set(reference, found.Size, chunk, checksum);
        }

        connection.Arm(_options.StallTimeout);
        await connection.SendAsync(new FrameHeader(FrameKind.Data, 0, call, length, checksum, offset), bytes).ConfigureAwait(false);
        Interlocked.Add(ref _sentBytes, length);
        _metrics.Sent(length);
    }

    /// <summary>What is still being fetched comes first: when that is done its copy is in the store already.</summary>
    private async ValueTask<ITransferObject> OpenAsync(ObjectRef reference)
    {
        if (_fetcher?.Join(reference) is { } running)
        {
            try
            {
                await running.OpenedAsync(_closing.Token).AsTask().WaitAsync(_options.RelayWait, _time).ConfigureAwait(false);
                return running;
            }
            catch (Exception e)
            {
                running.Dispose();
                throw e is TimeoutException or not IarnetException and not OperationCanceledException ? Halted(reference, e) : e;
            }
        }

        return await _source.OpenAsync(reference, _closing.Token).ConfigureAwait(false)
            ?? throw new ObjectNotFoundException($"The object {reference} is not here.");
    }

    private async ValueTask<ReadOnlyMemory<byte>> RangeAsync(ITransferObject found, ObjectRef reference, long offset, int length)
    {
        var range = found.RangeAsync(offset, length, _closing.Token);
        if (range.IsCompletedSuccessfully)
        {
            return range.Result;
        }

        try
        {
            return await range.AsTask().WaitAsync(_options.RelayWait, _time).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw Halted(reference, e);
        }
    }

    private TransferRefusedException Halted(in ObjectRef reference, Exception e) => new(TransferErrorCode.Unavailable,
        $"The object {reference} is still on its way here, and nothing came for {_options.RelayWait.TotalSeconds:0.###} s ({e.GetType().Name}): read from another holder.");

    private static TransferErrorCode CodeOf(Exception e) => e switch
    {
        TransferRefusedException refused => refused.Code,
        ObjectNotFoundException => TransferErrorCode.NotFound,
        StoreFullException or StoreUnavailableException or ObjectDisposedException => TransferErrorCode.Unavailable,
        _ => TransferErrorCode.Internal,
    };

    private static async ValueTask SendErrorAsync(TransferConnection connection, uint call, TransferErrorCode code, string text)
    {
        var length = WriteError(connection.BodyOut(2048), code, text.Length > 400 ? text[..400] : text);
        await connection.SendAsync(FrameKind.Error, call, length).ConfigureAwait(false);
    }

    private static int WriteError(Span<byte> to, TransferErrorCode code, string text)
    {
        var body = new BodyWriter(to);
        body.UInt16((ushort)code);
        body.Text(text);
        return body.Length;
    }

    /// <summary>The last word before the connection is closed, if it can be said without waiting long.</summary>
    private async ValueTask FarewellAsync(TransferConnection connection, TransferErrorCode code, string text)
    {
        try
        {
            connection.Arm(TimeSpan.FromSeconds(1));
            await SendErrorAsync(connection, 0, code, text).ConfigureAwait(false);
            await connection.LingerAsync().ConfigureAwait(false);
        }
        catch (TransferBrokenException e)
        {
            _log.PeerLeft(connection.Peer, e.Message);
        }
    }
}
