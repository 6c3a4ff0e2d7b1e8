using Iarnet.Bus.Io;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

/// <summary>
/// What waits to leave to one peer, already encoded: bounded by messages and bytes, and able to outlive a connection.
/// Whoever appends also sees to it that it leaves (<see cref="Flush"/>); while one thread is in the kernel the others only append,
/// so batches grow by themselves under load.
/// </summary>
internal sealed partial class SendQueue : LoopWork, Components.IMessageSink
{
    /// <summary>The buffer that an idle queue keeps.</summary>
    private const int SmallChunk = 4 * 1024;

    /// <summary>Above it a message has a buffer of its own; below, a copy into the common one is cheaper than a call of the kernel.</summary>
    private const int CopyLimit = 16 * 1024;

    /// <summary>Answers to PINGs that a peer does not read. It counts apart, or a full queue could keep a peer from being answered.</summary>
    private const int ControlLimit = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<SendChunk> _chunks = new();
    private readonly int _maxMessages;
    private readonly long _maxBytes;
    private readonly Action? _room;
    private SendChunk? _small;
    private SendChunk? _tail;
    private Pulse _pulse;
    private int _messages;
    private long _bytes;
    private int _control;
    private bool _refused;
    private bool _closed;

    /// <param name="maxMessages">Most messages.</param>
    /// <param name="maxBytes">Most bytes; one message is let in whatever its size when nothing waits.</param>
    /// <param name="room">Called, on the thread that sent, when there is room again after a refusal.</param>
    public SendQueue(int maxMessages, long maxBytes, Action? room = null)
    {
        _maxMessages = maxMessages;
        _maxBytes = maxBytes;
        _room = room;
    }

    /// <summary>Messages that have not been handed to the kernel.</summary>
    public int Messages => Volatile.Read(ref _messages);

    /// <summary>Appends a message of one frame: the start of its body, and the rest, which from some size on is kept by reference.</summary>
    public SendOutcome TryAppend(ReadOnlySpan<byte> head, ReadOnlyMemory<byte> rest, bool evenIfFull = false)
    {
        var body = (long)head.Length + rest.Length;
        var header = ZmtpFrames.HeaderSize(body);
        lock (_lock)
        {
            var outcome = Admit(1, header + body, evenIfFull);
            if (outcome != SendOutcome.Queued)
            {
                return outcome;
            }

            if (header + body <= CopyLimit)
            {
                var target = Room((int)(header + body), messages: 1);
                ZmtpFrames.WriteHeader(target, 0, body);
                head.CopyTo(target[header..]);
                rest.Span.CopyTo(target[(header + head.Length)..]);
                return SendOutcome.Queued;
            }

            var front = new byte[header + head.Length];
            ZmtpFrames.WriteHeader(front, 0, body);
            head.CopyTo(front.AsSpan(header));
            AppendLarge(SendChunk.Referencing(front, rest));
            return SendOutcome.Queued;
        }
    }

    /// <summary>Appends a message of one frame, which is copied.</summary>
    public SendOutcome TryAppend(ReadOnlySpan<byte> body)
    {
        var header = ZmtpFrames.HeaderSize(body.Length);
        var size = header + body.Length;
        lock (_lock)
        {
            var outcome = Admit(1, size, evenIfFull: false);
            if (outcome != SendOutcome.Queued)
            {
                return outcome;
            }

            Span<byte> target;
            if (size <= CopyLimit)
            {
                target = Room(size, messages: 1);
            }
            else
            {
                AppendLarge(SendChunk.Copying(size, out target));
            }

            ZmtpFrames.WriteHeader(target, 0, body.Length);
            body.CopyTo(target[header..]);
            return SendOutcome.Queued;
        }
    }

    /// <summary>Appends a message of any number of frames, which are copied.</summary>
    public SendOutcome TryAppend(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        if (frames.Length == 1)
        {
            return TryAppend(frames[0].Span);
        }

        var size = FrameEncoder.Size(frames);
        lock (_lock)
        {
            var outcome = Admit(1, size, evenIfFull: false);
            if (outcome != SendOutcome.Queued)
            {
                return outcome;
            }

            Span<byte> target;
            if (size <= CopyLimit)
            {
                target = Room((int)size, messages: 1);
            }
            else
            {
                AppendLarge(SendChunk.Copying(checked((int)size), out target));
            }

            FrameEncoder.Write(frames, target);
            return SendOutcome.Queued;
        }
    }

    /// <summary>Appends messages that are encoded already, all or none; a batch larger than the bounds is let in when nothing waits.</summary>
    public SendOutcome TryAppend(SendBatch batch)
    {
        lock (_lock)
        {
            var outcome = Admit(batch.Count, batch.Bytes, evenIfFull: false);
            if (outcome != SendOutcome.Queued)
            {
                return outcome;
            }

            if (batch.Bytes <= CopyLimit)
            {
                var target = Room((int)batch.Bytes, batch.Count);
                batch.CopyTo(target);
                return SendOutcome.Queued;
            }

            batch.MoveTo(_chunks);
            _tail = null;
            return SendOutcome.Queued;
        }
    }

    /// <summary>Appends a command that is already a frame. False: the peer lets commands pile up.</summary>
    public bool TryAppendCommand(ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return true;
            }

            if (_control + frame.Length > ControlLimit)
            {
                return false;
            }

            _control += frame.Length;
            _bytes += frame.Length;
            frame.CopyTo(Room(frame.Length, messages: 0));
            return true;
        }
    }

    /// <summary>A task that ends when there may be room, or there will never be: the caller tries again.</summary>
    public Task WaitForRoom()
    {
        lock (_lock)
        {
            // A refusal that room has followed since needs no wait.
            if (_closed || !_refused)
            {
                return Task.CompletedTask;
            }

            return _pulse.Wait();
        }
    }

    /// <summary>Takes no more, and wakes who waits. Says how many messages never left.</summary>
    public int Close()
    {
        TaskCompletionSource? waiters;
        TaskCompletionSource? drained;
        int lost;
        lock (_lock)
        {
            _closed = true;
            _connection = null;
            lost = _messages;
            _messages = 0;
            _bytes = 0;
            // A flush that is in the kernel still reads its chunks: they are left to the garbage collector, not used again.
            _chunks.Clear();
            _small = null;
            _tail = null;
            waiters = _pulse.Take();
            drained = TakeDrained();
        }

        waiters?.TrySetResult();
        drained?.TrySetResult();
        return lost;
    }

    private bool IsFull(int messages, long size) =>
        _messages > 0 && (_messages + messages > _maxMessages || _bytes + size > _maxBytes);

    private SendOutcome Admit(int messages, long size, bool evenIfFull)
    {
        if (_closed)
        {
            return SendOutcome.Closed;
        }

        if (!evenIfFull && IsFull(messages, size))
        {
            _refused = true;
            return SendOutcome.Full;
        }

        _messages += messages;
        _bytes += size;
        return SendOutcome.Queued;
    }

    private Span<byte> Room(int size, int messages)
    {
        var room = _tail is null ? default : _tail.Take(size, messages);
        if (!room.IsEmpty || size == 0)
        {
            return room;
        }

        if (_chunks.Count == 0 && size <= SmallChunk)
        {
            _tail = _small ??= new SendChunk(SmallChunk);
            _tail.Reset();
        }
        else
        {
            _tail = ChunkPool.Take();
        }

        _chunks.Enqueue(_tail);
        return _tail.Take(size, messages);
    }

    private void AppendLarge(SendChunk chunk)
    {
        _chunks.Enqueue(chunk);
        _tail = null;
    }
}
