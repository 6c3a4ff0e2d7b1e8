namespace Iarnet.Bus;

/// <summary>CURVE was asked for on a system without libsodium; the text names the package to install.</summary>
public sealed class CurveUnavailableException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public CurveUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public CurveUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
