namespace Iarnet;

/// <summary>A value could not be turned into bytes, or bytes could not be turned into the value that was asked for.</summary>
public sealed class CodecException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public CodecException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public CodecException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
