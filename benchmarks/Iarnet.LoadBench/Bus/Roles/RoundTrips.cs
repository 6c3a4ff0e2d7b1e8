using System.Diagnostics;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A DEALER that awaits each answer before it sends the next message.</summary>
internal static class RoundTrips
{
    public static async Task RunAsync(RoleTask task)
    {
        await using var socket = task.Connect();
        var meter = new Meter(task);
        var trips = new long[task.Count];
        for (var i = 0; i < task.Total; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(task.Payload);
            using (var message = await socket.ReceiveAsync())
            {
                task.Check(message);
            }

            if (i >= task.Warm)
            {
                trips[i - task.Warm] = Stopwatch.GetTimestamp() - sent;
            }

            meter.Add(1);
        }

        meter.Stop();
        meter.AddTrips(trips);
        meter.Write();
        RoleLines.WaitForEnd();
    }
}
