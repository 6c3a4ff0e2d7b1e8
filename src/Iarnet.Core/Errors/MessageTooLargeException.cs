namespace Iarnet;

/// <summary>A message is larger than the limit of the channel that should carry it.</summary>
public sealed class MessageTooLargeException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public MessageTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public MessageTooLargeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
