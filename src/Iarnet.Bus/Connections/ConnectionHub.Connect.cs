using Iarnet.Bus.Transport;

namespace Iarnet.Bus.Connections;

internal sealed partial class ConnectionHub
{
    /// <summary>Keeps a connection to the endpoint; each one carries the tag. Twice the same endpoint is one connection.</summary>
    /// <returns>False when the endpoint is connected to already.</returns>
    public bool Connect(string endpoint, object? tag = null)
    {
        var parsed = BusEndpoint.Parse(endpoint);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_dials.ContainsKey(parsed.ToString()))
            {
                return false;
            }

            _dials.Add(parsed.ToString(), Task.Run(() => KeepConnectedAsync(parsed, tag)));
            return true;
        }
    }

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

        var connection = Begin(link, text, isOutgoing: true, tag);
        await connection.Ended.ConfigureAwait(false);
        return (connection.HasJoined, connection.HasJoined ? "the connection was lost" : connection.Reason);
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
