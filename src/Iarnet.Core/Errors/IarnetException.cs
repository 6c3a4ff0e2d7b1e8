namespace Iarnet;

/// <summary>The root of every error that Iarnet raises by itself. A subtype exists for each thing a caller would branch on.</summary>
public class IarnetException : Exception
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public IarnetException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public IarnetException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
