namespace Iarnet;

/// <summary>A component died or could not be reached while it was needed.</summary>
public sealed class ComponentLostException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public ComponentLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public ComponentLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
