namespace Iarnet.Store.Streams;

/// <content>The side of the writer. There is one at a time; one that comes later takes over from one that may be dead.</content>
internal sealed partial class ObjectStream
{
    private int _writer;
    private ITimer? _graceTimer;
    private TaskCompletionSource? _forRoom;
    private int _forRoomSize;

    /// <summary>The next chunk's offset.</summary>
    public long Next
    {
        get
        {
            lock (_lock)
            {
                return _chunks.Next;
            }
        }
    }

    /// <summary>Begins to write where it ends.</summary>
    /// <param name="next">The offset of the next chunk.</param>
    /// <returns>What the writer goes by; it is worth nothing once another one was given.</returns>
    public int TakeWriter(out long next)
    {
        lock (_lock)
        {
            RequireOpenLocked(_writer);
            _graceTimer?.Dispose();
            _graceTimer = null;
            _forRoom?.TrySetResult();
            next = _chunks.Next;
            return ++_writer;
        }
    }

    /// <summary>A writer's connection is gone; it may come back within the grace.</summary>
    /// <param name="writer">Which one.</param>
    /// <param name="atLeast">The shortest grace, for a writer that is still to come.</param>
    public void LeaveWriter(int writer, TimeSpan atLeast = default)
    {
        lock (_lock)
        {
            if (writer != _writer || _state != StreamState.Open)
            {
                return;
            }

            _writer++;
            var left = _writer;
            var grace = options.WriterGrace > atLeast ? options.WriterGrace : atLeast;
            _graceTimer = time.CreateTimer(
                _ => Abandon(left, $"its writer went away and did not come back within {grace.TotalSeconds:0.###} s"),
                null,
                grace,
                Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whether a chunk may be written now.</summary>
    public bool HasRoom(int writer, int size)
    {
        lock (_lock)
        {
            RequireOpenLocked(writer);
            return HasRoomLocked(_chunks.Next, _bytes, size);
        }
    }

    /// <summary>How many of several chunks may be written now.</summary>
    /// <param name="writer">Who writes.</param>
    /// <param name="chunks">The chunks.</param>
    /// <param name="from">The first one that matters.</param>
    public int Room(int writer, IReadOnlyList<ReadOnlyMemory<byte>> chunks, int from)
    {
        lock (_lock)
        {
            RequireOpenLocked(writer);
            var (next, bytes) = (_chunks.Next, _bytes);
            var at = from;
            for (; at < chunks.Count && HasRoomLocked(next, bytes, chunks[at].Length); at++)
            {
                next++;
                bytes += chunks[at].Length;
            }

            return at - from;
        }
    }

    /// <summary>Waits until a chunk of this size may be written.</summary>
    public async ValueTask WaitForRoomAsync(int writer, int size, TimeSpan wait, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(time, wait);
        while (true)
        {
            TaskCompletionSource waiter;
            lock (_lock)
            {
                RequireOpenLocked(writer);
                if (HasRoomLocked(_chunks.Next, _bytes, size))
                {
                    return;
                }

                waiter = _forRoom = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _forRoomSize = size;
            }

            try
            {
                if (!await deadline.WaitAsync(waiter.Task, cancellationToken).ConfigureAwait(false))
                {
                    throw new CallTimeoutException($"The readers of the stream {_reference} did not get on within {wait.TotalSeconds:0.###} s, and {options.BufferChunks} chunks or {options.BufferBytes} bytes ahead of them is as much as may be written.");
                }
            }
            finally
            {
                lock (_lock)
                {
                    _forRoom = _forRoom == waiter ? null : _forRoom;
                }
            }
        }
    }

    /// <summary>Adds chunks that lie one behind the other in one object, which is the stream's from now on, also when this fails.</summary>
    /// <param name="writer">Who writes.</param>
    /// <param name="block">The object.</param>
    /// <param name="owner">To whom it belongs.</param>
    /// <param name="sizes">The sizes of the chunks.</param>
    public void Append(int writer, UInt128 block, string owner, ReadOnlySpan<int> sizes)
    {
        string? newOwner;
        FreeBlocks free;
        try
        {
            lock (_lock)
            {
                RequireOpenLocked(writer);
                var start = 0;
                foreach (var size in sizes)
                {
                    _chunks.Add(new StreamChunk(block, start, size, _bytes));
                    start += size;
                    _bytes += size;
                }

                newOwner = _owner == owner ? null : _owner;
                WakeReadersLocked(_chunks.Next);

                // All who read may have begun behind it.
                free = TrimLocked();
            }
        }
        catch
        {
            store.ReleaseChunk(block);
            throw;
        }

        Release(free);

        if (newOwner is not null)
        {
            store.Adopt(new Objects.ObjectRef(new Objects.ObjectId(block), _reference.Source), newOwner, owner);
        }
    }

    /// <summary>Ends it: complete when there is no error.</summary>
    public void End(int writer, string? error)
    {
        lock (_lock)
        {
            RequireOpenLocked(writer);
            EndLocked(error is null ? StreamState.Completed : StreamState.Failed, error);
        }
    }

    /// <summary>The writer is gone for good.</summary>
    public void Abandon(int writer, string why)
    {
        lock (_lock)
        {
            if (writer == _writer)
            {
                EndLocked(StreamState.Abandoned, why);
            }
        }
    }

    /// <summary>Whoever writes it gives it up.</summary>
    public void Abandon(string why)
    {
        lock (_lock)
        {
            EndLocked(StreamState.Abandoned, why);
        }
    }

    private bool HasRoomLocked(long next, long bytes, int size)
    {
        var from = _atSlowest > 0 ? Math.Min(_slowest, _chunks.Next) : options.Retain ? _chunks.Next : _chunks.First;
        var ahead = next - from;
        return ahead < options.BufferChunks && (ahead == 0 || bytes - _chunks.PositionOf(from, _bytes) + size <= options.BufferBytes);
    }

    private void WakeWriterLocked()
    {
        if (_forRoom is { } waiter && HasRoomLocked(_chunks.Next, _bytes, _forRoomSize))
        {
            _forRoom = null;
            waiter.TrySetResult();
        }
    }

    private void RequireOpenLocked(int writer)
    {
        switch (_state)
        {
            case StreamState.Open when writer == _writer:
                return;
            case StreamState.Open:
                throw new StreamAbandonedException($"Another writer goes on with the stream {_reference}, from chunk {_chunks.Next}: this one was away, or was taken for dead.");
            case StreamState.Abandoned:
                throw ErrorLocked();
            default:
                throw new InvalidOperationException($"The stream {_reference} was ended after {_chunks.Next} chunks: nothing can be written to it.");
        }
    }
}
