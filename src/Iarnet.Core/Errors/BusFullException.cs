namespace Iarnet;

/// <summary>A message was offered to a queue of the bus that is at its bound of messages or bytes.</summary>
public sealed class BusFullException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public BusFullException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public BusFullException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
