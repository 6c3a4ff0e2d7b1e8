namespace Iarnet.Rpc;

/// <summary>How a call ended, with a text for people.</summary>
/// <param name="StatusCode">The code.</param>
/// <param name="Detail">The text; travels percent-encoded, so any Unicode is fine. Empty when there is none.</param>
/// <param name="DebugException">What caused it on this side; never travels.</param>
public readonly record struct Status(StatusCode StatusCode, string Detail, Exception? DebugException = null)
{
    /// <summary>The call went well.</summary>
    public static Status DefaultSuccess { get; } = new(StatusCode.OK, "");

    /// <summary>The call was cancelled.</summary>
    public static Status DefaultCancelled { get; } = new(StatusCode.Cancelled, "");

    /// <inheritdoc/>
    public override string ToString() => $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")";
}
