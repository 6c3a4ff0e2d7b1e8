namespace Iarnet;

/// <summary>The writer of a stream said that it cannot complete it. What it wrote before was given out.</summary>
public class StreamFailedException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public StreamFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public StreamFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
