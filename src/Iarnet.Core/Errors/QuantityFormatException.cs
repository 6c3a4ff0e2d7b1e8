namespace Iarnet;

/// <summary>A text that should be a quantity ("512Mi", "1.5", "250m") is not one.</summary>
public sealed class QuantityFormatException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public QuantityFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public QuantityFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
