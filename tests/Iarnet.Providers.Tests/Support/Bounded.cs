namespace Iarnet.Providers.Tests;

internal static class Bounded
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Limit} in vain for {what}.");
        }
    }

    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Limit} in vain for {what}.");
        }
    }

    public static Task Within(this ValueTask task, string what) => task.AsTask().Within(what);

    public static Task<T> Within<T>(this ValueTask<T> task, string what) => task.AsTask().Within(what);

    /// <summary>For what only the operating system knows and nobody announces: looks again until it holds.</summary>
    public static async Task Eventually(Func<bool> holds, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {Limit} in vain until {what}.");
            }

            await Task.Delay(10);
        }
    }
}
