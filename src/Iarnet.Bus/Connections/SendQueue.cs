using System.Runtime.InteropServices;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

/// <summary>
/// What waits to leave to one peer, already encoded: bounded by messages and bytes, and able to outlive a connection.
/// Whoever appends also tries to send (<see cref="Flush"/>), without a hop to another thread; while one thread is in the kernel
/// the others only append, so batches grow by themselves under load.
/// </summary>
internal sealed partial class SendQueue : Components.IMessageSink
{
    private const int FirstBuffer = 16 * 1024;
    private const int LaterBuffer = 64 * 1024;

    /// <summary>From this size on a message is sent from the memory of its sender; below, a copy is cheaper than a segment.</summary>
    private const int CopyLimit = 8 * 1024;

    /// <summary>Answers to PINGs that a peer does not read. It counts apart, or a full queue could keep a peer from being answered.</summary>
    private const int ControlLimit = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<SendChunk> _chunks = new();
    private readonly int _maxMessages;
    private readonly long _maxBytes;
    private readonly Action? _room;
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
            var outcome = Admit(header + body, evenIfFull);
            if (outcome != SendOutcome.Queued)
            {
                return outcome;
            }

            if (header + body <= CopyLimit)
            {
                var target = Take((int)(header + body));
                ZmtpFrames.WriteHeader(target, 0, body);
                head.CopyTo(target[header..]);
                rest.Span.CopyTo(target[(header + head.Length)..]);
                return SendOutcome.Queued;
            }

            var front = new byte[header + head.Length];
            ZmtpFrames.WriteHeader(front, 0, body);
            head.CopyTo(front.AsSpan(header));
            AppendLarge(new SendChunk(front, Segment(rest)));
            return SendOutcome.Queued;
        }
    }

    /// <summary>Appends a message of any number of frames. The frames are copied.</summary>
    public SendOutcome TryAppend(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        var size = EncodedSize(frames);
        lock (_lock)
        {
            var outcome = Admit(size, evenIfFull: false);
            if (outcome != SendOutcome.Queued)
            {
                return outcome;
            }

            if (size <= CopyLimit)
            {
                Encode(frames, Take((int)size));
                return SendOutcome.Queued;
            }

            var copy = GC.AllocateUninitializedArray<byte>(checked((int)size));
            Encode(frames, copy);
            AppendLarge(new SendChunk(copy, default));
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
        int lost;
        lock (_lock)
        {
            _closed = true;
            _link = null;
            lost = _messages;
            _messages = 0;
            _bytes = 0;
            // A flush that is in the kernel still holds its segments, not the queue: nothing is reused, so nothing can be torn.
            _chunks.Clear();
            _tail = null;
            waiters = _pulse.Take();
            _drained?.TrySetResult();
        }

        waiters?.TrySetResult();
        return lost;
    }

    private static long EncodedSize(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        long size = 0;
        foreach (var frame in frames)
        {
            size += ZmtpFrames.HeaderSize(frame.Length) + frame.Length;
        }

        return size;
    }

    private static void Encode(ReadOnlySpan<ReadOnlyMemory<byte>> frames, Span<byte> target)
    {
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = frames[i].Span;
            var header = ZmtpFrames.WriteHeader(target, i == frames.Length - 1 ? (byte)0 : ZmtpFrames.More, frame.Length);
            frame.CopyTo(target[header..]);
            target = target[(header + frame.Length)..];
        }
    }

    private static ArraySegment<byte> Segment(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) ? segment : new ArraySegment<byte>(memory.ToArray());

    private bool IsFull(long size) => _messages >= _maxMessages || (_messages > 0 && _bytes + size > _maxBytes);

    private SendOutcome Admit(long size, bool evenIfFull)
    {
        if (_closed)
        {
            return SendOutcome.Closed;
        }

        if (!evenIfFull && IsFull(size))
        {
            _refused = true;
            return SendOutcome.Full;
        }

        _messages++;
        _bytes += size;
        return SendOutcome.Queued;
    }

    private Span<byte> Take(int size) => Room(size, messages: 1);

    private Span<byte> Room(int size, int messages)
    {
        var room = _tail is null ? default : _tail.Take(size, messages);
        if (!room.IsEmpty)
        {
            return room;
        }

        _tail = new SendChunk(_tail is null ? FirstBuffer : LaterBuffer);
        _chunks.Enqueue(_tail);
        return _tail.Take(size, messages);
    }

    private void AppendLarge(SendChunk chunk)
    {
        _chunks.Enqueue(chunk);
        _tail = chunk;
    }
}
