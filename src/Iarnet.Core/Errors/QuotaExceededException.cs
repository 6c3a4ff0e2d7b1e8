namespace Iarnet;

/// <summary>An owner's objects take as much of a store as it may have.</summary>
public sealed class QuotaExceededException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public QuotaExceededException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public QuotaExceededException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
