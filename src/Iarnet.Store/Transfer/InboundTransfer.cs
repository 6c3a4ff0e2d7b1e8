using Iarnet.Objects;

namespace Iarnet.Store.Transfer;

/// <summary>One object on its way here, for everybody in this process that wants it and for other hosts that read it meanwhile.</summary>
internal sealed partial class InboundTransfer : IDisposable
{
    private readonly FetchContext _context;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancel = new();
    private readonly Lock _gate = new();
    private ITransferCopy? _copy;
    private ChunkMap? _map;
    private int _users = 1;

    public InboundTransfer(ObjectRef reference, FetchContext context)
    {
        Reference = reference;
        _context = context;
        Canceled = _cancel.Token;
    }

    public ObjectRef Reference { get; }

    /// <summary>Who waits for it; the fetcher's lock guards it.</summary>
    public int Waiters { get; set; }

    public Task Completion => _completion.Task;

    public CancellationToken Canceled { get; }

    /// <summary>What its source said; not before <see cref="OpenedAsync"/> completed.</summary>
    public Located Facts { get; private set; } = null!;

    public void Cancel()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at the same time.
        }
    }

    /// <summary>The run is over. Those who read from the copy keep it until they are done.</summary>
    public void End(Exception? error)
    {
        if (error is null)
        {
            _opened.TrySetResult();
            _completion.SetResult();
        }
        else
        {
            _opened.TrySetException(error);
            _failed.SetException(error);
            _completion.SetException(error);

            // Nobody may be waiting for any of them.
            _ = (_opened.Task.Exception, _failed.Task.Exception, _completion.Task.Exception);
        }

        _context.Metrics.Fetched(error is null ? "fetched" : "failed");
        Leave();
    }

    /// <summary>A reader more; null when the copy is gone already.</summary>
    public JoinedTransfer? TryJoin()
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                return null;
            }

            _users++;
            return new JoinedTransfer(this);
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_users > 0)
            {
                return;
            }
        }

        Dispose();
    }

    public void Dispose()
    {
        _copy?.Dispose();
        _cancel.Dispose();
    }

    public async ValueTask OpenedAsync(CancellationToken cancellationToken) => await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);

    public ValueTask<ReadOnlyMemory<byte>> RangeAsync(long offset, int length, CancellationToken cancellationToken)
    {
        var first = (int)(offset / TransferLimits.ChunkBytes);
        var last = (int)((offset + Math.Max(length, 1) - 1) / TransferLimits.ChunkBytes);
        return length == 0 || _map!.AreHere(first, last, out var arrival)
            ? ValueTask.FromResult<ReadOnlyMemory<byte>>(length == 0 ? default : _copy!.Range(offset, length))
            : WaitAsync(arrival);

        async ValueTask<ReadOnlyMemory<byte>> WaitAsync(Task next)
        {
            do
            {
                var done = await Task.WhenAny(next, _failed.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
                await done.ConfigureAwait(false);
            }
            while (!_map!.AreHere(first, last, out next));
            return _copy!.Range(offset, length);
        }
    }
}
