namespace Iarnet;

/// <summary>A call had no result within the time it was given.</summary>
public sealed class CallTimeoutException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public CallTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public CallTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
