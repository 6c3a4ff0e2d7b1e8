namespace Iarnet;

/// <summary>A call, its session or its engine was cancelled or closed before the call had a result.</summary>
public sealed class CallCanceledException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public CallCanceledException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public CallCanceledException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
