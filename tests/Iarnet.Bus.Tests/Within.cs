using System.Runtime.CompilerServices;

namespace Iarnet.Bus.Tests;

/// <summary>Every wait of a test has an end, which names what it waited for.</summary>
internal static class WithinExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task Within(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain for: {what}", e);
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await Within((Task)task, what);
        return await task;
    }

    public static Task Within(this ValueTask task, [CallerArgumentExpression(nameof(task))] string what = "") => Within(task.AsTask(), what);

    public static Task<T> Within<T>(this ValueTask<T> task, [CallerArgumentExpression(nameof(task))] string what = "") => Within(task.AsTask(), what);
}
