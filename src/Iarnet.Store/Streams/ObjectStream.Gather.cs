namespace Iarnet.Store.Streams;

/// <content>Making one object of a complete stream: once, when it is first asked for.</content>
internal sealed partial class ObjectStream
{
    private Task? _gathering;
    private bool _gathered;

    /// <summary>Makes it one object, waiting for it to be completed.</summary>
    /// <returns>False when it is one already.</returns>
    /// <exception cref="ObjectNotFoundException">It was not completed in time, or is not retained.</exception>
    public async ValueTask<bool> TryGatherAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (!options.Retain)
        {
            throw new ObjectNotFoundException($"The stream {_reference} does not retain its chunks and is no object: read it with {nameof(IObjectStreams.OpenStreamAsync)}.");
        }

        if (!await WaitForAsync(long.MaxValue, new Deadline(time, wait > TimeSpan.Zero ? wait : TimeSpan.Zero), cancellationToken).ConfigureAwait(false))
        {
            throw new ObjectNotFoundException(
                $"The stream {_reference} is still being written: it is an object when it is complete, which it was not within {wait.TotalSeconds:0.###} s. {nameof(IObjectStreams.OpenStreamAsync)} reads it meanwhile.");
        }

        Task gathering;
        lock (_lock)
        {
            if (_state != StreamState.Completed || _dropped)
            {
                throw ErrorLocked();
            }

            if (_gathered)
            {
                return false;
            }

            // Not the caller's to cancel: others may wait for it too. It waits no longer than a put does.
            gathering = _gathering ??= Task.Run(GatherAsync, CancellationToken.None);
        }

        await gathering.WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task GatherAsync()
    {
        try
        {
            // Nothing is added or trimmed any more: it is complete and retained.
            await store.GatherAsync(this, Blocks(), _bytes).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _gathering = null;
            }
        }
    }

    /// <summary>The bytes are in one object now, with the stream's own id.</summary>
    public void Gathered()
    {
        var free = default(FreeBlocks);
        lock (_lock)
        {
            _gathered = true;
            for (var offset = _chunks.First; offset < _chunks.Next; offset++)
            {
                ref var chunk = ref _chunks[offset];
                if (offset + 1 == _chunks.Next || _chunks[offset + 1].Block != chunk.Block)
                {
                    free.Add(chunk.Block);
                }

                chunk = chunk with { Block = _reference.Id.Value, Start = (int)chunk.Position };
            }
        }

        Release(free);
    }

    private List<UInt128> Blocks()
    {
        var blocks = new List<UInt128>();
        lock (_lock)
        {
            for (var offset = _chunks.First; offset < _chunks.Next; offset++)
            {
                if (blocks.Count == 0 || blocks[^1] != _chunks[offset].Block)
                {
                    blocks.Add(_chunks[offset].Block);
                }
            }
        }

        return blocks;
    }
}
