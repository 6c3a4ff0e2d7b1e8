using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Sockets;

internal sealed class BatchWaiter(ReceiveQueue queue) : ReceiveWaiter<ReceivedBatch>(queue)
{
    public override ZmtpConnection? Fill()
    {
        Result = Queue.TakeBatch(out var resumed);
        return resumed;
    }

    protected override void Recycle() => Queue.Recycle(this);
}
