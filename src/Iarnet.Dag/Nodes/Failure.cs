namespace Iarnet.Dag;

/// <summary>
/// Why a node has no result. Each dependant links to the failure of its input, so that a failure costs the same at every depth;
/// the exception with its path is made only when someone looks.
/// </summary>
internal sealed class Failure
{
    // Each end of a path that is longer than twice this many calls is shown.
    private const int PathEnd = 32;

    private readonly Exception _cause;
    private readonly Failure? _through;
    private readonly string? _function;

    public Failure(Exception cause, CallState state)
    {
        _cause = cause;
        State = state;
    }

    private Failure(Failure through, string function)
    {
        _cause = through._cause;
        _through = through;
        _function = function;
        State = through.State;
    }

    /// <summary>Failed or Canceled.</summary>
    public CallState State { get; }

    /// <summary>The same failure as it arrives at a dependant.</summary>
    public Failure Through(string function) => new(this, function);

    /// <summary>A new exception each time: one that is thrown at two places would mix their stacks.</summary>
    public Exception ToException()
    {
        var path = Path();
        if (_cause is FunctionFailedException failed)
        {
            return new FunctionFailedException(failed.Function, failed.CallId, failed.Error, path, failed.InnerException);
        }

        var text = path.Count == 0 ? _cause.Message : $"{_cause.Message} (needed by {string.Join(" <- ", path)})";
        return _cause switch
        {
            CallCanceledException => new CallCanceledException(text, _cause.InnerException),
            CallTimeoutException => new CallTimeoutException(text, _cause.InnerException),
            PlacementException => new PlacementException(text, _cause),
            ComponentLostException => new ComponentLostException(text, _cause),
            ObjectNotFoundException => new ObjectNotFoundException(text, _cause),
            _ => new IarnetException(text, _cause),
        };
    }

    private List<string> Path()
    {
        var nearReporter = new List<string>();
        var nearCause = new Queue<string>(PathEnd);
        var left = 0;
        for (var at = this; at._through is not null; at = at._through)
        {
            if (nearReporter.Count < PathEnd)
            {
                nearReporter.Add(at._function!);
                continue;
            }

            nearCause.Enqueue(at._function!);
            if (nearCause.Count > PathEnd)
            {
                nearCause.Dequeue();
                left++;
            }
        }

        // Walked from the reporter to the cause; told from the cause to the reporter.
        List<string> path = [.. nearCause.Reverse()];
        if (left > 0)
        {
            path.Add($"({left} more)");
        }

        nearReporter.Reverse();
        path.AddRange(nearReporter);
        return path;
    }
}
