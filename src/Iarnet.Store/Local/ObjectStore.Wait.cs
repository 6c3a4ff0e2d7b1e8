using Iarnet.Objects;

namespace Iarnet.Store;

public sealed partial class ObjectStore
{
    // Who waits for an object to be put; a wake-up says only that it is worth looking again.
    private readonly Dictionary<UInt128, List<TaskCompletionSource>> _awaited = [];
    private int _awaitedCount;

    /// <summary>Waits until objects are here.</summary>
    /// <param name="references">Which objects, of this store or, where it fetches, of others.</param>
    /// <param name="mode">Whether one of them is enough.</param>
    /// <param name="timeout">How long at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Those that are here, in their order: all or some of them, or none when the time was over first.</returns>
    public async ValueTask<IReadOnlyList<ObjectRef>> WaitAsync(
        IReadOnlyList<ObjectRef> references, WaitMode mode, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(references);
        var began = _time.GetTimestamp();
        while (true)
        {
            DrainSessions();
            var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var there = Register(references, mode, woken);
            var left = timeout - _time.GetElapsedTime(began);
            if (there.Count == references.Count || (mode == WaitMode.Any && there.Count > 0) || left <= TimeSpan.Zero)
            {
                return there;
            }

            try
            {
                await woken.Task.WaitAsync(left, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Looks once more, for what came at this moment.
            }
            finally
            {
                Unregister(references, woken);
            }
        }
    }

    private async ValueTask<ObjectLease> GetSlowAsync(ObjectRef reference, TimeSpan wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = KeyOf(reference);
        var began = _time.GetTimestamp();
        while (true)
        {
            DrainSessions();
            ObjectDisposedException.ThrowIf(_closed, this);
            if (TryLease(reference, out var lease))
            {
                return lease;
            }

            var left = wait - _time.GetElapsedTime(began);
            if (FindStream(reference) is { } stream && await stream.TryGatherAsync(left, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            if (await TryBringAsync(reference, key, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            left = wait - _time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                throw NotFound(reference, wait);
            }

            ObjectRef[] one = [reference];
            await WaitAsync(one, WaitMode.All, left, cancellationToken).ConfigureAwait(false);
        }
    }

    private List<ObjectRef> Register(IReadOnlyList<ObjectRef> references, WaitMode mode, TaskCompletionSource woken)
    {
        var there = new List<ObjectRef>();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            foreach (var reference in references)
            {
                if (TryFindRecord(KeyOf(reference), out _))
                {
                    there.Add(reference);
                }
            }

            if (there.Count == references.Count || (mode == WaitMode.Any && there.Count > 0))
            {
                return there;
            }

            foreach (var reference in references)
            {
                var key = KeyOf(reference);
                if (!TryFindRecord(key, out _))
                {
                    if (!_awaited.TryGetValue(key, out var waiting))
                    {
                        _awaited.Add(key, waiting = []);
                    }

                    waiting.Add(woken);
                    _awaitedCount++;
                }
            }
        }

        return there;
    }

    private void Unregister(IReadOnlyList<ObjectRef> references, TaskCompletionSource woken)
    {
        lock (_lock)
        {
            foreach (var reference in references)
            {
                var key = KeyOf(reference);
                if (_awaited.TryGetValue(key, out var waiting) && waiting.Remove(woken))
                {
                    _awaitedCount--;
                    if (waiting.Count == 0)
                    {
                        _awaited.Remove(key);
                    }
                }
            }
        }
    }

    private void Arrived(UInt128 key)
    {
        // Whoever registers after this looked at the index under the lock, and found the object.
        if (Volatile.Read(ref _awaitedCount) == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_awaited.TryGetValue(key, out var waiting))
            {
                foreach (var one in waiting)
                {
                    one.TrySetResult();
                }
            }
        }
    }

    private void FailWaiters()
    {
        lock (_lock)
        {
            foreach (var one in _awaited.Values.SelectMany(static w => w))
            {
                one.TrySetResult();
            }
        }
    }
}
