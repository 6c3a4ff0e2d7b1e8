namespace Iarnet;

/// <summary>No object has the reference that was asked for: it was never put, or it was released.</summary>
public sealed class ObjectNotFoundException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public ObjectNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public ObjectNotFoundException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
