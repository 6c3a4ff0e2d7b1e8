using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A ROUTER that keeps one task at each DEALER, awaiting the results.</summary>
internal static class Dispatch
{
    public static async Task RunAsync(RoleTask task)
    {
        await using var socket = task.Bind();
        var meter = new Meter(task);
        var workers = new List<PeerIdentity>();
        while (workers.Count < task.Width)
        {
            using var hello = await socket.ReceiveAsync();
            workers.Add(hello.Peer!);
        }

        foreach (var worker in workers)
        {
            await socket.SendAsync(worker, task.Payload);
        }

        while (!meter.IsDone)
        {
            using var result = await socket.ReceiveAsync();
            task.Check(result);
            await socket.SendAsync(result.Peer!, task.Payload);
            meter.Add(1);
        }

        meter.Stop();
        meter.Write();
        RoleLines.WaitForEnd();
    }
}
