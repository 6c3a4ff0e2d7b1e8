namespace Iarnet;

/// <summary>What lies on disk for an object is not what was written: its checksum differs, or a part of it is gone. The bytes were not given out.</summary>
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
