using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>The DEALERs of the dispatch, all in one process: each sends back what it gets.</summary>
internal static class Work
{
    private static readonly Dictionary<string, object> Nothing = [];

    public static async Task AwaitedAsync(RoleTask task)
    {
        var sockets = task.Connect(task.Width);
        var working = sockets.Select(socket => Task.Run(() => AnswerAsync(task, socket))).ToList();
        RoleLines.Write(Nothing);

        // None of them ends by itself: the first that does has failed.
        await await Task.WhenAny([Task.Run(RoleLines.WaitForEnd), .. working]);
    }

    public static async Task OnLoopAsync(RoleTask task)
    {
        var failed = new TaskCompletionSource();
        var sockets = task.Connect(task.Width, dealer => dealer.Handle((socket, batch) => Answer(task, socket, batch, failed)));
        foreach (var socket in sockets)
        {
            await socket.SendAsync(ReadOnlyMemory<byte>.Empty);
        }

        RoleLines.Write(Nothing);
        await await Task.WhenAny(Task.Run(RoleLines.WaitForEnd), failed.Task);
    }

    private static async Task AnswerAsync(RoleTask task, DealerSocket socket)
    {
        await socket.SendAsync(ReadOnlyMemory<byte>.Empty);
        while (true)
        {
            using var message = await socket.ReceiveAsync();
            task.Check(message);
            await socket.SendAsync(message.Body);
        }
    }

    private static void Answer(RoleTask task, DealerSocket socket, ReceivedBatch batch, TaskCompletionSource failed)
    {
        try
        {
            foreach (var message in batch)
            {
                task.Check(message);
                if (!socket.TrySend(message.Body))
                {
                    throw new InvalidOperationException("no room for the one answer of a DEALER");
                }
            }
        }
        catch (Exception error)
        {
            failed.TrySetException(error);
        }
    }
}
