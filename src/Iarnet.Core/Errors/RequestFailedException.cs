namespace Iarnet;

/// <summary>The other end of the bus answered a request with a fault; the text is what it said.</summary>
public sealed class RequestFailedException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public RequestFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public RequestFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
