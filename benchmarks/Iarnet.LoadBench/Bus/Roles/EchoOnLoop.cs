using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A ROUTER that sends back what it received, from a handler on the I/O loop.</summary>
internal sealed class EchoOnLoop : LoopHandler
{
    private readonly SendBatch _replies = new();
    private readonly Action<RouterSocket, ReceivedBatch> _handle;

    private EchoOnLoop(RoleTask task)
        : base(task) => _handle = Handle;

    public static async Task RunAsync(RoleTask task)
    {
        var echo = new EchoOnLoop(task);
        await using var socket = task.Bind(router => router.Handle((one, batch) => echo.Guard(echo._handle, one, batch)));
        await echo.Completion;
        echo.Write();
        RoleLines.WaitForEnd();
    }

    private void Handle(RouterSocket socket, ReceivedBatch batch)
    {
        foreach (var message in batch)
        {
            Assignment.Check(message);
            if (batch.Count == 1)
            {
                Sent(socket.TrySend(batch.Peer!, message.Body));
            }
            else
            {
                _replies.Add(message.Body.Span);
            }
        }

        if (batch.Count > 1)
        {
            Sent(socket.SendAsync(batch.Peer!, _replies));
        }

        Meter.Add(batch.Count);
    }
}
