namespace Iarnet;

/// <summary>The bytes of an object are not those that were put: a medium lost or changed them. They are never given out.</summary>
public sealed class ObjectDamagedException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public ObjectDamagedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public ObjectDamagedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
