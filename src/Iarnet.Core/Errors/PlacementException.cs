namespace Iarnet;

/// <summary>No provider has room for a component, or none has the tags it asks for.</summary>
public sealed class PlacementException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public PlacementException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public PlacementException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
