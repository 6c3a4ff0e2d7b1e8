namespace Iarnet.Store.Streams;

/// <content>The side of the readers.</content>
internal sealed partial class ObjectStream
{
    private readonly HashSet<StreamCursor> _cursors = [];
    private readonly List<StreamWaiter> _waiters = [];
    private long _slowest;

    // How many readers are there; looking at all of them only when the last one leaves makes a chunk cost no more than its reads.
    private int _atSlowest;

    /// <summary>A reader begins.</summary>
    /// <exception cref="ObjectNotFoundException">The chunks from there on are gone.</exception>
    public StreamCursor Attach(StreamReadOptions read)
    {
        FreeBlocks free;
        StreamCursor cursor;
        lock (_lock)
        {
            if (_dropped)
            {
                throw ErrorLocked();
            }

            var position = read.FromEnd ? _chunks.Next : read.From ?? _chunks.First;
            RequireKeptLocked(position);
            cursor = new StreamCursor(position);
            _cursors.Add(cursor);
            free = RecountLocked();
        }

        Release(free);
        return cursor;
    }

    /// <summary>A reader is gone.</summary>
    public void Detach(StreamCursor cursor)
    {
        FreeBlocks free;
        lock (_lock)
        {
            if (!_cursors.Remove(cursor))
            {
                return;
            }

            cursor.IsAttached = false;
            free = RecountLocked();
        }

        Release(free);
    }

    /// <summary>The reader has its chunk.</summary>
    public void Advance(StreamCursor cursor)
    {
        FreeBlocks free;
        lock (_lock)
        {
            var position = cursor.Position++;
            if (position != _slowest || !cursor.IsAttached || --_atSlowest > 0)
            {
                return;
            }

            free = RecountLocked();
        }

        Release(free);
    }

    /// <summary>Where a chunk lies, if it is written.</summary>
    /// <param name="offset">The chunk.</param>
    /// <param name="chunk">Where it lies, when this says <see cref="StreamLook.There"/>.</param>
    /// <exception cref="StreamFailedException">It will never be written.</exception>
    /// <exception cref="ObjectNotFoundException">It is gone.</exception>
    public StreamLook Look(long offset, out StreamChunk chunk)
    {
        lock (_lock)
        {
            return LookLocked(offset, out chunk);
        }
    }

    /// <summary>As <see cref="Look"/>, without errors.</summary>
    public bool TryLook(long offset, out StreamChunk chunk)
    {
        lock (_lock)
        {
            var there = !_dropped && offset >= _chunks.First && offset < _chunks.Next;
            chunk = there ? _chunks[offset] : default;
            return there;
        }
    }

    /// <summary>Waits for a chunk to be written; false when the time was over first.</summary>
    public async ValueTask<bool> WaitForAsync(long offset, Deadline deadline, CancellationToken cancellationToken)
    {
        StreamWaiter waiter;
        lock (_lock)
        {
            if (_state != StreamState.Open || offset < _chunks.Next)
            {
                return true;
            }

            _waiters.Add(waiter = new StreamWaiter(offset));
        }

        try
        {
            return await deadline.WaitAsync(waiter.Task, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    public CallTimeoutException NotWritten(long offset, TimeSpan wait) =>
        new($"The chunk {offset} of the stream {_reference} was not written within {wait.TotalSeconds:0.###} s.");

    private StreamLook LookLocked(long offset, out StreamChunk chunk)
    {
        chunk = default;
        if (_dropped)
        {
            throw ErrorLocked();
        }

        RequireKeptLocked(offset);
        if (offset < _chunks.Next)
        {
            chunk = _chunks[offset];
            return StreamLook.There;
        }

        return _state switch
        {
            StreamState.Open => StreamLook.NotYet,
            StreamState.Completed => StreamLook.End,
            _ => throw ErrorLocked(),
        };
    }

    private void RequireKeptLocked(long offset)
    {
        if (offset < _chunks.First)
        {
            throw new ObjectNotFoundException($"The chunk {offset} of the stream {_reference} is gone: the stream does not retain what its readers have passed. The first that is there is {_chunks.First}.");
        }
    }

    private FreeBlocks RecountLocked()
    {
        _slowest = long.MaxValue;
        _atSlowest = 0;
        foreach (var cursor in _cursors)
        {
            if (cursor.Position <= _slowest)
            {
                _atSlowest = cursor.Position == _slowest ? _atSlowest + 1 : 1;
                _slowest = cursor.Position;
            }
        }

        var free = TrimLocked();
        WakeWriterLocked();
        return free;
    }

    private FreeBlocks TrimLocked() => options.Retain || _atSlowest == 0 ? default : _chunks.Trim(Math.Min(_slowest, _chunks.Next));

    private void WakeReadersLocked(long next)
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_waiters[i].Offset < next || _state != StreamState.Open)
            {
                _waiters[i].TrySetResult();
                _waiters.RemoveAt(i);
            }
        }
    }
}
