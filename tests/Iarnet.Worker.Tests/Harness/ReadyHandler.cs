using Iarnet.Bus;

namespace Iarnet.Worker.Tests.Harness;

internal sealed class ReadyHandler : IBusPeerHandler
{
    private readonly TaskCompletionSource<BusReady> _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<BusReady> Seen => _seen.Task;

    public void Ready(BusPeer peer, BusReady ready) => _seen.TrySetResult(ready);

    public void Received(BusPeer peer, BusMessage message)
    {
    }

    public void Away(BusPeer peer, string reason)
    {
    }

    public void Gone(BusPeer peer, string reason)
    {
    }
}
