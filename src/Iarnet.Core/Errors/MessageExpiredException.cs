namespace Iarnet;

/// <summary>A message was still waiting to be let into a queue of the bus when its time to live ended. It was not sent.</summary>
public sealed class MessageExpiredException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public MessageExpiredException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public MessageExpiredException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
