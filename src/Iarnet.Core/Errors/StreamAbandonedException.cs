namespace Iarnet;

/// <summary>Nobody completes a stream any more: its writer is gone, or it was released.</summary>
public sealed class StreamAbandonedException : StreamFailedException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public StreamAbandonedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public StreamAbandonedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
