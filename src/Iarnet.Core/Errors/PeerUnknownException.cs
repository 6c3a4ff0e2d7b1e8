namespace Iarnet;

/// <summary>A message was addressed to a peer that is not connected.</summary>
public sealed class PeerUnknownException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public PeerUnknownException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public PeerUnknownException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
