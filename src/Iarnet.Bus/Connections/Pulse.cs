namespace Iarnet.Bus.Connections;

/// <summary>
/// Wakes everyone who waits for room, who then tries again. Both methods are called under the lock of the owner, so that a
/// release between a refusal and the wait that follows it cannot be missed; completion happens outside.
/// </summary>
internal struct Pulse
{
    private TaskCompletionSource? _source;

    public Task Wait()
    {
        _source ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _source.Task;
    }

    public TaskCompletionSource? Take()
    {
        var source = _source;
        _source = null;
        return source;
    }
}
