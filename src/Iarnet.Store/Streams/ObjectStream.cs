using Iarnet.Objects;

namespace Iarnet.Store.Streams;

/// <summary>
/// One stream: which chunks there are, who reads how far, how it ended. Its chunks are objects of the store, and its reference is a record of the
/// store's index. One lock guards it; the store's lock may be held when this one is taken, and is never taken under it.
/// </summary>
internal sealed partial class ObjectStream(ObjectStore store, StreamOptions options, in ObjectRef reference, string creator, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly ChunkRing _chunks = new();
    private readonly ObjectRef _reference = reference;
    private string _owner = creator;
    private long _bytes;
    private StreamState _state;
    private string? _error;
    private bool _dropped;

    public ObjectRef Reference => _reference;

    public StreamOptions Options => options;

    /// <summary>Who made it, and may write it, whoever has it by now.</summary>
    public string Creator { get; } = creator;

    /// <summary>Whose the chunks are.</summary>
    public string Owner => Volatile.Read(ref _owner);

    public StreamInfo Info
    {
        get
        {
            lock (_lock)
            {
                return new StreamInfo(_reference, _state, _chunks.First, _chunks.Next, _bytes, _cursors.Count) { Error = _error };
            }
        }
    }

    /// <summary>The last reference to it was released: whoever reads or writes it hears of it. The store's lock is held.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            _dropped = true;
            EndLocked(StreamState.Abandoned, "its last reference was released");
        }
    }

    /// <summary>Gives the chunks up, after <see cref="Drop"/>.</summary>
    public void ReleaseChunks()
    {
        FreeBlocks free;
        lock (_lock)
        {
            free = _gathered ? default : _chunks.Trim(_chunks.Next);
        }

        Release(free);
    }

    /// <summary>The reference has another owner now, and so have the chunks.</summary>
    public void Adopt(string newOwner)
    {
        string from;
        var blocks = default(FreeBlocks);
        lock (_lock)
        {
            from = _owner;
            Volatile.Write(ref _owner, newOwner);
            for (var offset = _chunks.First; offset < _chunks.Next && !_gathered; offset++)
            {
                if (offset == _chunks.First || _chunks[offset - 1].Block != _chunks[offset].Block)
                {
                    blocks.Add(_chunks[offset].Block);
                }
            }
        }

        for (var i = 0; i < blocks.Count; i++)
        {
            store.Adopt(new ObjectRef(new ObjectId(blocks[i]), _reference.Source), newOwner, from);
        }
    }

    private void Release(in FreeBlocks blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            store.ReleaseChunk(blocks[i]);
        }
    }

    private void EndLocked(StreamState state, string? error)
    {
        if (_state != StreamState.Open)
        {
            return;
        }

        _state = state;
        _error = error;
        _graceTimer?.Dispose();
        _graceTimer = null;
        WakeReadersLocked(long.MaxValue);
        _forRoom?.TrySetResult();
    }

    private StreamFailedException ErrorLocked() => _state == StreamState.Failed
        ? new StreamFailedException($"The writer of the stream {_reference} failed after {_chunks.Next} chunks: {_error}")
        : new StreamAbandonedException($"The stream {_reference} was abandoned after {_chunks.Next} chunks: {_error}. Its writer completes a stream, and keeps a reference while it is read.");
}
