namespace Iarnet.Rpc;

/// <summary>How a call ended: the codes of gRPC, with their numbers on the wire.</summary>
public enum StatusCode
{
    /// <summary>The call went well.</summary>
    OK = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>The handler failed in a way it did not describe.</summary>
    Unknown = 2,

    /// <summary>The request makes no sense, whatever the state of the server.</summary>
    InvalidArgument = 3,

    /// <summary>The time was over before the call was.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for is not there.</summary>
    NotFound = 5,

    /// <summary>What should be made is there already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a size limit or a space is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The server is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The call lost against another one; it may be tried again from further up.</summary>
    Aborted = 10,

    /// <summary>The call went past the end of something.</summary>
    OutOfRange = 11,

    /// <summary>The server does not know the method.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken, or the peer does not speak the protocol.</summary>
    Internal = 13,

    /// <summary>The server cannot be reached now; the call may be tried again.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or damaged.</summary>
    DataLoss = 15,

    /// <summary>The caller has not said, or not proved, who it is.</summary>
    Unauthenticated = 16,
}
