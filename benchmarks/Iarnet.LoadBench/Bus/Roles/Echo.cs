using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A ROUTER that sends back what it received, awaiting both, in batches or message by message.</summary>
internal static class Echo
{
    public static async Task RunAsync(RoleTask task)
    {
        await using var socket = task.Bind();
        var meter = new Meter(task);
        var replies = new SendBatch();
        while (!meter.IsDone)
        {
            if (task.Style == "batch")
            {
                using var batch = await socket.ReceiveBatchAsync();
                foreach (var message in batch)
                {
                    task.Check(message);
                    replies.Add(message.Body.Span);
                }

                await socket.SendAsync(batch.Peer!, replies);
                meter.Add(batch.Count);
            }
            else
            {
                using var message = await socket.ReceiveAsync();
                task.Check(message);
                await socket.SendAsync(message.Peer!, message.Body);
                meter.Add(1);
            }
        }

        meter.Stop();
        meter.Write();
        RoleLines.WaitForEnd();
    }
}
