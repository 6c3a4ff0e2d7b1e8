using System.Runtime.CompilerServices;

namespace Iarnet.Store.Tests;

internal static class Waiting
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<T> Within<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Still waiting after {Limit.TotalSeconds} s for: {what}");
        }
    }

    public static async Task Within(this Task task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Still waiting after {Limit.TotalSeconds} s for: {what}");
        }
    }

    public static Task<T> Within<T>(this ValueTask<T> task, [CallerArgumentExpression(nameof(task))] string? what = null) => task.AsTask().Within(what);

    public static Task Within(this ValueTask task, [CallerArgumentExpression(nameof(task))] string? what = null) => task.AsTask().Within(what);
}
