namespace Iarnet.Dag;

/// <summary>The deadline of one call, and the token by which its actor learns that it passed.</summary>
internal sealed class CallDeadline(ControlNode call, CancellationToken session)
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(session);

    /// <summary>Null when the call ended before.</summary>
    public ControlNode? Call { get; set; } = call;

    public CancellationToken Token => _source.Token;

    // Asynchronously: callbacks are code of actors and users, and must not run in the loop.
    public void Cancel() => _ = _source.CancelAsync();

    // Unlinks it from the session's token.
    public void Close() => _source.Dispose();
}
