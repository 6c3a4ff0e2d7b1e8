namespace Iarnet.Hosting.Tests.Harness;

internal static class WithinExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain: {what}.");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await ((Task)task).Within(what);
        return await task;
    }

    public static Task<T> Within<T>(this DataRef<T> reference, string what) => reference.GetAsync().AsTask().Within(what);

    public static Task<T> Within<T>(this ValueTask<T> task, string what) => task.AsTask().Within(what);

    public static Task Within(this ValueTask task, string what) => task.AsTask().Within(what);

    /// <summary>The error that the call ends with.</summary>
    public static async Task<Exception> Failure<T>(this DataRef<T> reference, string what)
    {
        var failure = await Record.ExceptionAsync(() => reference.GetAsync().AsTask().Within(what));
        Assert.NotNull(failure);
        return failure is TimeoutException ? throw failure : failure;
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain: {what}.");
            }
        }
    }
}
