using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A DEALER that keeps a number of messages outstanding, from a handler on the I/O loop.</summary>
internal sealed class WindowOnLoop : LoopHandler
{
    private readonly SendBatch _messages = new();
    private readonly Action<DealerSocket, ReceivedBatch> _handle;
    private int _left;

    private WindowOnLoop(RoleTask task)
        : base(task)
    {
        _handle = Handle;
        _left = task.Total - task.Width;
    }

    public static async Task RunAsync(RoleTask task)
    {
        var window = new WindowOnLoop(task);
        await using var socket = task.Connect(dealer => dealer.Handle((one, batch) => window.Guard(window._handle, one, batch)));
        var first = new SendBatch();
        for (var i = 0; i < task.Width; i++)
        {
            first.Add(task.Payload.Span);
        }

        await socket.SendAsync(first);
        await window.Completion;
        window.Write();
        RoleLines.WaitForEnd();
    }

    private void Handle(DealerSocket socket, ReceivedBatch batch)
    {
        foreach (var message in batch)
        {
            Assignment.Check(message);
            if (_left-- > 0)
            {
                _messages.Add(Assignment.Payload.Span);
            }
        }

        Meter.Add(batch.Count);
        if (_messages.Count > 0)
        {
            Sent(socket.SendAsync(_messages));
        }
    }
}
