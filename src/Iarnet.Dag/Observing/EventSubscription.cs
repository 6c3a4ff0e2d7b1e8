using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Iarnet.Dag;

/// <summary>One reader of a session's events, with its bounded buffer. Numbers that are missing in it tell the reader what was dropped.</summary>
internal sealed class EventSubscription(DagSession session, int capacity)
{
    private readonly Channel<DagEvent> _buffer = Channel.CreateBounded<DagEvent>(new BoundedChannelOptions(capacity) { SingleWriter = true, SingleReader = true });
    private long _expected = -1;
    private long _last;

    /// <summary>Loop only. Never waits: what has no room is dropped.</summary>
    public void Publish(DagEvent change)
    {
        _last = change.Sequence;
        _buffer.Writer.TryWrite(change);
    }

    public void End() => _buffer.Writer.TryComplete();

    public async IAsyncEnumerable<DagEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (await _buffer.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (_buffer.Reader.TryRead(out var change))
                {
                    // The first one is always there: the buffer is empty before it.
                    if (_expected >= 0 && change.Sequence > _expected)
                    {
                        yield return DagEvent.Gap(_expected, change.Time, change.Sequence - _expected);
                    }

                    _expected = change.Sequence + 1;
                    yield return change;
                }
            }

            var last = Volatile.Read(ref _last);
            if (_expected >= 0 && last >= _expected)
            {
                yield return DagEvent.Gap(_expected, session.Engine.Time.GetUtcNow(), last - _expected + 1);
            }
        }
        finally
        {
            session.Unsubscribe(this);
        }
    }
}
