using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Sockets;

/// <summary>The room that one peer has among what was received and not taken; used under the lock of the queue.</summary>
internal sealed class ReceiveShare
{
    public int Messages { get; set; }

    public long Bytes { get; set; }

    /// <summary>Its connection is not read because the room is used up.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The connection to go on with.</summary>
    public ZmtpConnection? Connection { get; set; }
}
