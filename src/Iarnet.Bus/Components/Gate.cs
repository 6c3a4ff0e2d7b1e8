using System.Diagnostics.CodeAnalysis;

namespace Iarnet.Bus.Components;

/// <summary>Lets one caller at a time through, without blocking a thread; free of cost when nobody else asks.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A SemaphoreSlim holds nothing to dispose of unless its wait handle is asked for.")]
internal sealed class Gate
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);

    /// <summary>For a loop, which has nothing better to do: whoever is inside leaves soon.</summary>
    public void Enter() => _semaphore.Wait();

    public ValueTask EnterAsync() => _semaphore.Wait(0) ? ValueTask.CompletedTask : new ValueTask(_semaphore.WaitAsync());

    public void Exit() => _semaphore.Release();
}
