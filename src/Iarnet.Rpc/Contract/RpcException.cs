namespace Iarnet.Rpc;

/// <summary>A call ended with a status other than OK.</summary>
public sealed class RpcException : Exception
{
    /// <summary>An error of this status, without trailers.</summary>
    public RpcException(Status status)
        : this(status, Metadata.Empty)
    {
    }

    /// <summary>An error of this status with trailers.</summary>
    public RpcException(Status status, Metadata trailers)
        : base(status.ToString(), status.DebugException)
    {
        Status = status;
        Trailers = trailers;
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>What the server sent after the last message; empty when nothing.</summary>
    public Metadata Trailers { get; }
}
