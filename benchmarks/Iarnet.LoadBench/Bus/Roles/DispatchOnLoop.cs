using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A ROUTER that keeps one task at each DEALER, from a handler on the I/O loop.</summary>
internal sealed class DispatchOnLoop : LoopHandler
{
    private readonly Action<RouterSocket, ReceivedBatch> _handle;
    private readonly List<PeerIdentity> _workers = [];

    private DispatchOnLoop(RoleTask task)
        : base(task) => _handle = Handle;

    public static async Task RunAsync(RoleTask task)
    {
        var dispatch = new DispatchOnLoop(task);
        await using var socket = task.Bind(router => router.Handle((one, batch) => dispatch.Guard(dispatch._handle, one, batch)));
        await dispatch.Completion;
        dispatch.Write();
        RoleLines.WaitForEnd();
    }

    private void Handle(RouterSocket socket, ReceivedBatch batch)
    {
        foreach (var message in batch)
        {
            if (_workers.Count < Assignment.Width)
            {
                Begin(socket, batch.Peer!);
                continue;
            }

            Assignment.Check(message);
            Sent(socket.TrySend(batch.Peer!, Assignment.Payload));
            Meter.Add(1);
        }
    }

    /// <summary>Nobody gets a task before all are there.</summary>
    private void Begin(RouterSocket socket, PeerIdentity worker)
    {
        _workers.Add(worker);
        if (_workers.Count == Assignment.Width)
        {
            foreach (var one in _workers)
            {
                Sent(socket.TrySend(one, Assignment.Payload));
            }
        }
    }
}
