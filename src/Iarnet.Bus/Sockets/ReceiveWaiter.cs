using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Sockets;

/// <summary>Somebody who waits for what arrives; its fields are used under the lock of the queue.</summary>
internal abstract class ReceiveWaiter
{
    public ReceiveWaiter? Previous { get; set; }

    public ReceiveWaiter? Next { get; set; }

    public bool IsListed { get; set; }

    public bool IsCancelled { get; set; }

    /// <summary>Takes what it waits for; under the lock.</summary>
    public abstract ZmtpConnection? Fill();

    /// <summary>Tells the one who waits, on the thread pool; outside the lock.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception reason);
}
