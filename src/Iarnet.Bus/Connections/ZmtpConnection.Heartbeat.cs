using System.Buffers.Binary;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

internal sealed partial class ZmtpConnection
{
    /// <summary>Round trips measured one after the other when a connection begins: an average over seconds would keep the cost of the first, cold one for long.</summary>
    private const int OpeningPings = 8;

    private ITimer? _heartbeat;
    private MovingAverage _roundTrip;
    private long _lastReceived;
    private long _firstPing;
    private int _pongs;
    private TimeSpan _fastest;
    private TimeSpan _timeToLive;

    /// <summary>Moving average of the time from a PING to its PONG; zero before the first.</summary>
    public TimeSpan RoundTrip => _roundTrip.Value;

    private void StartHeartbeat()
    {
        _timeToLive = _settings.HeartbeatTimeout;
        if (_settings.HeartbeatInterval > TimeSpan.Zero)
        {
            _firstPing = _time.GetTimestamp();
            SendPing();
            _heartbeat = _time.CreateTimer(static state => ((ZmtpConnection)state!).Beat(), this, _settings.HeartbeatInterval, _settings.HeartbeatInterval);
        }
    }

    private void StopHeartbeat() => _heartbeat?.Dispose();

    private void Beat()
    {
        var silence = _time.GetElapsedTime(Volatile.Read(ref _lastReceived));
        if (_timeToLive > TimeSpan.Zero && silence > _timeToLive)
        {
            Fail($"nothing was received for {silence.TotalSeconds:0.0} s, {_timeToLive.TotalSeconds:0.0} s are the most");
            return;
        }

        if (_settings.HeartbeatInterval > TimeSpan.Zero)
        {
            SendPing();
        }
    }

    private void SendPing()
    {
        Span<byte> context = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(context, _time.GetTimestamp());
        Span<byte> frame = stackalloc byte[ZmtpHeartbeat.MaxFrame];
        var size = ZmtpHeartbeat.WritePing(frame, _settings.HeartbeatTimeout, context);
        if (Queue!.TryAppendCommand(frame[..size]))
        {
            Queue.Flush();
        }
    }

    /// <summary>Commands of an established connection; those that are not known are for newer peers than this one.</summary>
    private void Obey(ReadOnlySpan<byte> command)
    {
        if (ZmtpHeartbeat.TryReadPing(command, out var timeToLive, out var context))
        {
            Span<byte> frame = stackalloc byte[ZmtpHeartbeat.MaxFrame];
            var size = ZmtpHeartbeat.WritePong(frame, context);
            if (Queue is { } queue)
            {
                if (!queue.TryAppendCommand(frame[..size]))
                {
                    throw new ProtocolException("the peer sends PING after PING and does not read the answers");
                }

                queue.Flush();
            }

            Respect(timeToLive);
            return;
        }

        if (!ZmtpHeartbeat.TryReadPong(command, out var echo) || echo.Length != 8)
        {
            return;
        }

        var sent = BinaryPrimitives.ReadInt64LittleEndian(echo);
        // Only what this connection can have sent: an invented context measures nothing. Several may be under way at once.
        if (_firstPing == 0 || sent < _firstPing || sent > _time.GetTimestamp())
        {
            return;
        }

        Sample(_time.GetElapsedTime(sent));

        if (_pongs < OpeningPings)
        {
            SendPing();
        }
    }

    private void Sample(TimeSpan roundTrip)
    {
        _pongs++;
        if (_pongs <= OpeningPings)
        {
            // The best of the opening ones is the link; the rest is code that ran for the first time.
            _fastest = _pongs == 1 || roundTrip < _fastest ? roundTrip : _fastest;
            if (_pongs < OpeningPings)
            {
                return;
            }

            roundTrip = _fastest;
        }

        _roundTrip.Add(roundTrip);
    }

    /// <summary>A peer that pings says how long its silence is to be borne; it applies from then on, also when we have no heartbeat of our own.</summary>
    private void Respect(TimeSpan timeToLive)
    {
        if (timeToLive <= TimeSpan.Zero || (_timeToLive > TimeSpan.Zero && _timeToLive <= timeToLive))
        {
            return;
        }

        _timeToLive = timeToLive;
        if (_heartbeat is null)
        {
            var period = TimeSpan.FromTicks(Math.Max(timeToLive.Ticks / 2, TimeSpan.TicksPerMillisecond * 50));
            _heartbeat = _time.CreateTimer(static state => ((ZmtpConnection)state!).Beat(), this, period, period);
        }
    }
}
