using Iarnet.Objects;

namespace Iarnet.Store.Disk;

/// <summary>What one append (or a piece of it that fits a segment) asks of the writer.</summary>
internal sealed class AppendRequest(ReadOnlyMemory<DiskWrite> writes, Memory<DiskLocation> placed, long bytes)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public ReadOnlySpan<DiskWrite> Writes => writes.Span;

    /// <summary>As long as the writes.</summary>
    public Span<DiskLocation> Placed => placed.Span;

    /// <summary>On disk, headers and all.</summary>
    public long Bytes { get; } = bytes;

    public bool IsWithdrawn => Volatile.Read(ref _state) == Withdrawn;

    public Task Done => _done.Task;

    public ObjectId FirstId => writes.Span[0].Record.Id;

    /// <summary>The writer's: from now on the memory is read until the request ends. False when it was withdrawn.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) is Waiting or Taken;

    /// <summary>The caller's, on cancellation: the memory will not be touched.</summary>
    public void TryWithdraw(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting)
        {
            _done.TrySetCanceled(cancellationToken);
        }
    }

    public void Succeed() => _done.TrySetResult();

    public void Fail(Exception error) => _done.TrySetException(error);
}
