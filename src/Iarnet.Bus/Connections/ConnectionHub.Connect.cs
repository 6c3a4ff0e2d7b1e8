using Iarnet.Bus.Transport;

namespace Iarnet.Bus.Connections;

internal sealed partial class ConnectionHub
{
    /// <summary>Connects, runs the connection to its end, waits, and again, until the socket is closed.</summary>
    private async Task KeepConnectedAsync(BusEndpoint endpoint, object? tag)
    {
        var text = endpoint.ToString();
        var delay = _settings.ReconnectDelay;
        while (!_closed)
        {
            var (joined, reason) = await ConnectOnceAsync(endpoint, text, tag).ConfigureAwait(false);
            if (_closed)
            {
                return;
            }

            // A connection that had been made proves that the other end is there: begin with the short wait again.
            delay = joined ? _settings.ReconnectDelay : delay;
            // Between half and the whole: many components of one engine must not come back in step.
            var wait = delay * (0.5 + (_random.NextDouble() / 2));
            _owner.Retrying(text, reason, wait);
            if (!await PauseAsync(wait).ConfigureAwait(false))
            {
                return;
            }

            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, _settings.ReconnectDelayLimit.Ticks));
        }
    }

    private async Task<(bool Joined, string Reason)> ConnectOnceAsync(BusEndpoint endpoint, string text, object? tag)
    {
        ITransportLink link;
        try
        {
            using var limit = new CancellationTokenSource(_settings.HandshakeTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, limit.Token);
            link = await _transport.ConnectAsync(endpoint, either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return (false, e is OperationCanceledException ? "connecting took too long" : e.Message);
        }

        var connection = new ZmtpConnection(link, _settings, text, _time, _logger) { Tag = tag, IsOutgoing = true };
        var problem = await HandshakeAsync(connection).ConfigureAwait(false);
        if (problem is not null)
        {
            LogHandshakeFailed(connection.Remote, problem);
            _owner.HandshakeFailed(text, problem);
            return (false, problem);
        }

        await RunAsync(connection).ConfigureAwait(false);
        return (true, "the connection was lost");
    }

    private async Task<bool> PauseAsync(TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, _time, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
