namespace Iarnet;

/// <summary>The store has no room for an object, in memory or on the medium that backs it.</summary>
public sealed class StoreFullException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public StoreFullException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public StoreFullException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
