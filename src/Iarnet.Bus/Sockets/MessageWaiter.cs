using Iarnet.Bus.Connections;

namespace Iarnet.Bus.Sockets;

internal sealed class MessageWaiter(ReceiveQueue queue) : ReceiveWaiter<ReceivedMessage>(queue)
{
    public override ZmtpConnection? Fill()
    {
        Result = Queue.TakeMessage(out var resumed);
        return resumed;
    }

    protected override void Recycle() => Queue.Recycle(this);
}
