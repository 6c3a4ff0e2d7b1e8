using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>The receiving end of one way, in batches or message by message.</summary>
internal static class Receiving
{
    public static async Task RouterAsync(RoleTask task)
    {
        await using var socket = task.Bind();
        var meter = new Meter(task);
        await ReceiveAsync(task, meter, socket.ReceiveBatchAsync, socket.ReceiveAsync);
        meter.Write();
        RoleLines.WaitForEnd();
    }

    public static async Task DealerAsync(RoleTask task)
    {
        await using var socket = task.Connect();
        var meter = new Meter(task);
        await socket.SendAsync(ReadOnlyMemory<byte>.Empty);
        await ReceiveAsync(task, meter, socket.ReceiveBatchAsync, socket.ReceiveAsync);
        await socket.SendAsync(ReadOnlyMemory<byte>.Empty);
        meter.Write();
        RoleLines.WaitForEnd();
    }

    private static async Task ReceiveAsync(RoleTask task, Meter meter, Func<CancellationToken, ValueTask<ReceivedBatch>> receiveBatch, Func<CancellationToken, ValueTask<ReceivedMessage>> receive)
    {
        while (!meter.IsDone)
        {
            if (task.Style == "batch")
            {
                using var batch = await receiveBatch(CancellationToken.None);
                foreach (var message in batch)
                {
                    task.Check(message);
                }

                meter.Add(batch.Count);
            }
            else
            {
                using var message = await receive(CancellationToken.None);
                task.Check(message);
                meter.Add(1);
            }
        }

        meter.Stop();
    }
}
