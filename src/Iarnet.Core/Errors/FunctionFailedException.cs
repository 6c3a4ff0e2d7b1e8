namespace Iarnet;

/// <summary>
/// A function threw, or one that it depends on did. Every dependant of a failed call carries the same first cause;
/// <see cref="Path"/> says by which calls it arrived.
/// </summary>
public sealed class FunctionFailedException : IarnetException
{
    /// <summary>Creates the error of the call that failed first.</summary>
    public FunctionFailedException(string function, string callId, RemoteError error, Exception? innerException = null)
        : this(function, callId, error, [], innerException)
    {
    }

    /// <summary>Creates the error as a dependant of the failed call sees it.</summary>
    /// <param name="function">The name of the function that failed first.</param>
    /// <param name="callId">The id of the control node that failed first.</param>
    /// <param name="error">What it threw.</param>
    /// <param name="path">The functions that failed because of it, as <see cref="Path"/>. Whoever makes the path bounds it: a failure may come through any number of calls.</param>
    /// <param name="innerException">The exception itself, when it was thrown in this process.</param>
    public FunctionFailedException(string function, string callId, RemoteError error, IReadOnlyList<string> path, Exception? innerException)
        : base(Compose(function, callId, error, path), innerException)
    {
        Function = function;
        CallId = callId;
        Error = error;
        Path = path;
    }

    /// <summary>The name of the function that failed first.</summary>
    public string Function { get; }

    /// <summary>The id of the control node that failed first.</summary>
    public string CallId { get; }

    /// <summary>What the function threw, with the text and stack of the place where it ran.</summary>
    public RemoteError Error { get; }

    /// <summary>
    /// The functions that failed because of it, from the first cause (excluded) to the call that reports it.
    /// Of a very long path the middle is left out, with a note of how much.
    /// </summary>
    public IReadOnlyList<string> Path { get; }

    private static string Compose(string function, string callId, RemoteError error, IReadOnlyList<string> path)
    {
        var through = path.Count == 0 ? "" : $" (needed by {string.Join(" <- ", path)})";
        var stack = string.IsNullOrEmpty(error.StackTrace) ? "" : $"{Environment.NewLine}--- stack where it ran ---{Environment.NewLine}{error.StackTrace}";
        return $"Function '{function}' failed in call {callId}{through}: {error.Type}: {error.Message}{stack}";
    }
}
