using Iarnet.Bus.Diagnostics;

namespace Iarnet.Bus.Components;

// One timer for all deadlines of the flow. What waits with a deadline is in the heap: messages that were let in, senders that
// wait outside, and requests. A message that has left is in it no more: whether it arrived is not known here, so it can neither
// be taken back nor be called expired.
internal sealed partial class MessageFlow
{
    /// <summary>Timers of the framework do not go much further; a flow that is armed too early is armed again.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private static readonly KeyValuePair<string, object?>[] PriorityTags = [new("priority", "normal"), new("priority", "high"), new("priority", "urgent")];

    private readonly DeadlineHeap _deadlines = new();
    private readonly ITimer _deadline;
    private List<BusExpiredMessage> _expired = [];
    private long _armedFor = long.MaxValue;
    private bool _reporting;

    private void DeadlineReached()
    {
        IMessageSink? sink;
        lock (_lock)
        {
            _armedFor = long.MaxValue;
            Pump();
            sink = _sink;
        }

        sink?.Flush();
        ReportExpired();
    }

    private void Schedule(Deadline item)
    {
        _deadlines.Add(item);
        Arm();
    }

    private void Arm()
    {
        // What expired is told by the timer, because it may have been noticed by a sender's thread or under somebody's lock.
        var earliest = _expired.Count > 0 && !_reporting ? 0 : _deadlines.Earliest;
        if (earliest >= _armedFor || _closed is not null)
        {
            return;
        }

        _armedFor = earliest;
        var due = TimeSpan.Zero;
        if (earliest > 0)
        {
            due = _time.GetElapsedTime(_time.GetTimestamp(), earliest);
            // A timer counts whole milliseconds, and must not come before its time.
            due = due <= TimeSpan.Zero ? TimeSpan.Zero : due >= LongestDelay ? LongestDelay : TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds));
        }

        _deadline.Change(due, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends everything whose time is over.</summary>
    private void Expire(long now)
    {
        while (_deadlines.Earliest <= now)
        {
            switch (_deadlines.First)
            {
                case WaitingMessage message:
                    _deadlines.Remove(message);
                    _waiting.Remove(message);
                    Release(message.Message.Payload.Length);
                    BusMetrics.Expired.Add(1, PriorityTags[(int)message.Message.Priority]);
                    _expired.Add(new BusExpiredMessage(message.Message.Payload, message.Message.Priority, message.TimeToLive, message.Tag));
                    Return(message);
                    break;
                case FlowWaiter { Correlation: 0, Message: { } message } sender:
                    BusMetrics.Expired.Add(1, PriorityTags[(int)message.Message.Priority]);
                    FailOutside(message, new MessageExpiredException($"A message to {_other} found no room within its time to live of {sender.Limit.TotalSeconds:0.###} s and was not sent: send slower, or raise PendingMessages and PendingBytes."));
                    break;
                case FlowWaiter request:
                    TimeOut(request);
                    break;
                case var other:
                    _deadlines.Remove(other);
                    break;
            }
        }
    }

    /// <summary>Tells what expired, outside the lock, one after the other.</summary>
    private void ReportExpired()
    {
        while (true)
        {
            List<BusExpiredMessage> expired;
            lock (_lock)
            {
                if (_reporting || _expired.Count == 0)
                {
                    return;
                }

                _reporting = true;
                expired = _expired;
                _expired = [];
            }

            foreach (var message in expired)
            {
                try
                {
                    _receiver.Expired(message);
                }
                catch (Exception e)
                {
                    _receiver.Threw(e);
                }
            }

            lock (_lock)
            {
                _reporting = false;
            }
        }
    }

    /// <summary>When a time to live ends; 0 when there is none.</summary>
    private long Until(TimeSpan? timeToLive)
    {
        if (timeToLive is not { } time || time == Timeout.InfiniteTimeSpan)
        {
            return 0;
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(timeToLive));
        return Until(time);
    }

    private long Until(TimeSpan time)
    {
        var now = _time.GetTimestamp();
        var ticks = time.TotalSeconds * _time.TimestampFrequency;
        return ticks >= long.MaxValue - now ? long.MaxValue - 1 : Math.Max(1, now + (long)ticks);
    }

    private ulong Microseconds(long deadline)
    {
        var left = _time.GetElapsedTime(_time.GetTimestamp(), deadline);
        return left <= TimeSpan.Zero ? 1 : Math.Max(1, (ulong)(left.Ticks / TimeSpan.TicksPerMicrosecond));
    }
}
