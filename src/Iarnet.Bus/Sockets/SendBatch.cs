using Iarnet.Bus.Connections;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus;

/// <summary>
/// Messages that are encoded where they gather and sent together: for many small messages by far the quickest way to send. Empty
/// again after it was sent, to be filled anew. Not thread-safe.
/// </summary>
public sealed class SendBatch
{
    private readonly List<SendChunk> _chunks = [];

    /// <summary>How many messages have been added.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the messages as they go on the wire.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the largest message's frames.</summary>
    internal long Largest { get; private set; }

    /// <summary>Frames of the message that has most.</summary>
    internal int MostFrames { get; private set; }

    /// <summary>Adds a message of one frame. The bytes are copied.</summary>
    public void Add(ReadOnlySpan<byte> body)
    {
        var header = ZmtpFrames.HeaderSize(body.Length);
        var target = Take(header + body.Length);
        ZmtpFrames.WriteHeader(target, 0, body.Length);
        body.CopyTo(target[header..]);
        Note(header + body.Length, body.Length, 1);
    }

    /// <summary>Adds a message of several frames, all or none of which arrive. The bytes are copied.</summary>
    /// <exception cref="ArgumentException">There is no frame.</exception>
    public void AddFrames(params ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        if (frames.IsEmpty)
        {
            throw new ArgumentException("A message has at least one frame.", nameof(frames));
        }

        var size = FrameEncoder.Size(frames);
        FrameEncoder.Write(frames, Take(checked((int)size)));
        Note(size, size, frames.Length);
    }

    /// <summary>Forgets the messages.</summary>
    public void Clear()
    {
        _chunks.ForEach(static chunk => chunk.Release());
        Reset();
    }

    internal void CopyTo(Span<byte> target)
    {
        foreach (var chunk in _chunks)
        {
            chunk.Left(out var bytes, out _);
            bytes.Span.CopyTo(target);
            target = target[bytes.Length..];
        }

        Clear();
    }

    internal void MoveTo(Queue<SendChunk> queue)
    {
        _chunks.ForEach(queue.Enqueue);
        Reset();
    }

    private void Reset()
    {
        _chunks.Clear();
        Count = 0;
        Bytes = 0;
        Largest = 0;
        MostFrames = 0;
    }

    private void Note(long size, long body, int frames)
    {
        Count++;
        Bytes += size;
        Largest = Math.Max(Largest, body);
        MostFrames = Math.Max(MostFrames, frames);
    }

    private Span<byte> Take(int size)
    {
        if (_chunks.Count > 0)
        {
            var room = _chunks[^1].Take(size, messages: 1);
            if (!room.IsEmpty)
            {
                return room;
            }
        }

        if (size > ChunkPool.Size)
        {
            _chunks.Add(SendChunk.Copying(size, out var target));
            return target;
        }

        var chunk = ChunkPool.Take();
        _chunks.Add(chunk);
        return chunk.Take(size, messages: 1);
    }
}
