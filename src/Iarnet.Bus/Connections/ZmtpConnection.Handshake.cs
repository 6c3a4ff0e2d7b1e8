using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

internal sealed partial class ZmtpConnection
{
    /// <summary>
    /// Greets, exchanges READY, and says what went wrong, or null. Everything of ours is sent at once, as libzmq does: neither end
    /// waits for the other, and a connection is ready after one way there and one back.
    /// </summary>
    public async Task<string?> HandshakeAsync()
    {
        var timer = _time.CreateTimer(
            static state => ((ZmtpConnection)state!).Fail("the handshake took too long"), this, _settings.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        await using var ending = timer.ConfigureAwait(false);
        try
        {
            var ready = ZmtpMetadata.WriteReady(_settings.SocketType, _settings.Identity.Span);
            var opening = new byte[ZmtpGreeting.Size + ready.Length];
            ZmtpGreeting.Write(opening);
            ready.CopyTo(opening, ZmtpGreeting.Size);
            await SendNowAsync(opening).ConfigureAwait(false);
            var problem = await ReadGreetingAsync().ConfigureAwait(false) ?? await ReadReadyAsync().ConfigureAwait(false);
            if (problem is not null)
            {
                Refuse(problem);
            }

            return problem ?? Volatile.Read(ref _reason);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException or ProtocolException)
        {
            _link.Abort();
            return Volatile.Read(ref _reason) ?? e.Message;
        }
    }

    private async ValueTask<string?> ReadGreetingAsync()
    {
        while (true)
        {
            var problem = ZmtpGreeting.Judge(_buffer.AsSpan(_start, Math.Min(_end - _start, ZmtpGreeting.Size)));
            if (problem is not null)
            {
                return problem;
            }

            if (_end - _start >= ZmtpGreeting.Size)
            {
                _start += ZmtpGreeting.Size;
                return null;
            }

            if (!await FillAsync().ConfigureAwait(false))
            {
                return "the peer closed the connection during the greeting";
            }
        }
    }

    private async ValueTask<string?> ReadReadyAsync()
    {
        while (true)
        {
            var header = ZmtpFrames.ReadHeader(_buffer.AsSpan(_start, _end - _start), out var flags, out var length);
            if (_end > _start && (flags & ~ZmtpFrames.Long) != ZmtpFrames.Command)
            {
                return "the peer's first frame is not a command";
            }

            if (header > 0 && length > (ulong)_settings.MaxCommandBytes)
            {
                return $"the peer's first command has {length} bytes, {_settings.MaxCommandBytes} are the most";
            }

            if (header > 0 && _end - _start - header >= (int)length)
            {
                return TakeReady(header, (int)length);
            }

            if (!await FillAsync().ConfigureAwait(false))
            {
                return "the peer closed the connection before it was ready";
            }
        }
    }

    private string? TakeReady(int header, int length)
    {
        var problem = ZmtpMetadata.Read(_buffer.AsSpan(_start + header, length), out var socketType, out var identity);
        _start += header + length;
        if (problem is not null)
        {
            return problem;
        }

        if (!_settings.Accepts(socketType))
        {
            return $"the peer is a '{socketType}', which a {_settings.SocketType} does not talk to";
        }

        PeerIdentity = identity.ToArray();
        return null;
    }

    private void Refuse(string problem)
    {
        // A peer that sent garbage may not read: what the kernel does not take at once is not worth a wait.
        try
        {
            _link.TrySend([new ArraySegment<byte>(ZmtpMetadata.WriteError(problem))]);
            _link.CloseSending();
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // It went first.
        }

        _link.Abort();
    }

    private async ValueTask SendNowAsync(byte[] bytes)
    {
        List<ArraySegment<byte>> segments = [new ArraySegment<byte>(bytes)];
        var sent = await _link.SendAsync(segments).ConfigureAwait(false);
        if (sent != bytes.Length)
        {
            throw new ProtocolException("the peer took only a part of the greeting");
        }
    }
}
