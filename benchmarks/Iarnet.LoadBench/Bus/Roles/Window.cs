using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A DEALER that keeps a number of messages outstanding, awaiting batches of answers.</summary>
internal static class Window
{
    public static async Task RunAsync(RoleTask task)
    {
        await using var socket = task.Connect();
        var meter = new Meter(task);
        var messages = new SendBatch();
        var left = task.Total;
        await SendAsync(task.Width);
        while (!meter.IsDone)
        {
            int answers;
            using (var batch = await socket.ReceiveBatchAsync())
            {
                foreach (var message in batch)
                {
                    task.Check(message);
                }

                answers = batch.Count;
            }

            meter.Add(answers);
            await SendAsync(answers);
        }

        meter.Stop();
        meter.Write();
        RoleLines.WaitForEnd();

        async ValueTask SendAsync(int number)
        {
            number = Math.Min(number, left);
            left -= number;
            for (var i = 0; i < number; i++)
            {
                messages.Add(task.Payload.Span);
            }

            if (number > 0)
            {
                await socket.SendAsync(messages);
            }
        }
    }
}
