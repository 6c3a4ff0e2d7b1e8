namespace Iarnet;

/// <summary>A function cannot be run where it was asked to run: it captures variables, is not static, or its code cannot travel.</summary>
public sealed class FunctionNotSupportedException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public FunctionNotSupportedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public FunctionNotSupportedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
