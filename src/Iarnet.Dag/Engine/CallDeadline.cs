namespace Iarnet.Dag;

/// <summary>The deadline of one call, and the token by which its actor learns that it passed.</summary>
internal sealed class CallDeadline
{
    private readonly CancellationTokenSource _source;
    private Task _canceling = Task.CompletedTask;

    public CallDeadline(ControlNode call, CancellationToken session)
    {
        Call = call;
        _source = CancellationTokenSource.CreateLinkedTokenSource(session);
        Token = _source.Token;
    }

    /// <summary>Null when the call ended before.</summary>
    public ControlNode? Call { get; set; }

    public CancellationToken Token { get; }

    // Asynchronously: callbacks are code of actors and users, and must not run in the loop.
    public void Cancel() => _canceling = _source.CancelAsync();

    // Unlinks it from the session's token, once those who were told have been.
    public void Close()
    {
        if (_canceling.IsCompleted)
        {
            _source.Dispose();
        }
        else
        {
            _ = DisposeLaterAsync();
        }
    }

    private async Task DisposeLaterAsync()
    {
        await _canceling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _source.Dispose();
    }
}
