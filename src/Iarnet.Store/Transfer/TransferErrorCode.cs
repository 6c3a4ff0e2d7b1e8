namespace Iarnet.Store.Transfer;

/// <summary>Why a server refused.</summary>
internal enum TransferErrorCode : ushort
{
    /// <summary>The object is not here.</summary>
    NotFound = 1,

    /// <summary>The request breaks the rules of the protocol; the connection is closed.</summary>
    Invalid = 2,

    /// <summary>The token is not this server's; the connection is closed.</summary>
    Denied = 3,

    /// <summary>Too many connections; try later.</summary>
    Busy = 4,

    /// <summary>The server closes, or what it relays broke off or came to a halt: another holder may have it.</summary>
    Unavailable = 5,

    /// <summary>The object here has another size than the reader expects: the id was used again.</summary>
    Changed = 6,

    /// <summary>A fault of the server, in its log.</summary>
    Internal = 7,
}
