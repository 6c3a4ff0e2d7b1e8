namespace Iarnet;

/// <summary>
/// A function threw, or one that it depends on did. Every dependant of a failed call carries the same first cause;
/// <see cref="Path"/> says by which calls it arrived.
/// </summary>
public sealed class FunctionFailedException : IarnetException
{
    // A failure travels through every dependant: without a bound, a chain of n calls would hold n * n / 2 names.
    private const int LongestPath = 32;
    private const string Omission = "...";

    /// <summary>Creates the error of the call that failed first.</summary>
    public FunctionFailedException(string function, string callId, RemoteError error, Exception? innerException = null)
        : this(function, callId, error, [], innerException)
    {
    }

    /// <summary>Creates the error as a dependant of the failed call sees it.</summary>
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
    /// At most 32: of a longer path the middle is left out, with "..." in its place.
    /// </summary>
    public IReadOnlyList<string> Path { get; }

    /// <summary>The same failure as seen by a call that depends on this one.</summary>
    public FunctionFailedException Through(string function) =>
        new(Function, CallId, Error, Extend(Path, function), InnerException);

    private static string[] Extend(IReadOnlyList<string> path, string function)
    {
        if (path.Count < LongestPath)
        {
            return [.. path, function];
        }

        const int Front = LongestPath / 2;
        return [.. path.Take(Front), Omission, .. path.Skip(Front + 2), function];
    }

    private static string Compose(string function, string callId, RemoteError error, IReadOnlyList<string> path)
    {
        var through = path.Count == 0 ? "" : $" (needed by {string.Join(" <- ", path)})";
        var stack = string.IsNullOrEmpty(error.StackTrace) ? "" : $"{Environment.NewLine}--- stack where it ran ---{Environment.NewLine}{error.StackTrace}";
        return $"Function '{function}' failed in call {callId}{through}: {error.Type}: {error.Message}{stack}";
    }
}
