namespace Iarnet.Scheduling;

/// <summary>Calls of a provider that come to an end here, whether or not the provider honours its token.</summary>
internal static class Patience
{
    /// <exception cref="TimeoutException">The call took longer than the limit.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<T> CallAsync<T>(
        string what, Func<CancellationToken, ValueTask<T>> call, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var token = either.Token;

        // On the pool, because a provider may also block.
        var running = Task.Run(() => call(token).AsTask(), CancellationToken.None);
        try
        {
            return await running.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Forget(running);
            throw new TimeoutException($"{what} took longer than {limit}.", e);
        }
        catch (OperationCanceledException)
        {
            Forget(running);
            throw;
        }
    }

    public static async Task CallAsync(
        string what, Func<CancellationToken, ValueTask> call, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        await CallAsync(
            what,
            async token =>
            {
                await call(token).ConfigureAwait(false);
                return true;
            },
            limit,
            time,
            cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for a task no longer than the limit; false when it is not over by then. A failed task is over.</summary>
    public static async Task<bool> WaitAsync(Task task, TimeSpan limit, TimeProvider time)
    {
        try
        {
            await task.WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            return false;
        }
        catch (Exception) when (task.IsCompleted)
        {
            // Whoever owns the task sees how it failed.
        }

        return true;
    }

    /// <summary>Marks the failure of a task that nobody will await as seen.</summary>
    public static void Forget(Task task) =>
        _ = task.ContinueWith(t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
