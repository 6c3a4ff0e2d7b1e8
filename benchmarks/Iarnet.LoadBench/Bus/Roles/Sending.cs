using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>The sending end of one way, in batches or message by message.</summary>
internal static class Sending
{
    private const int MostMessages = 256;
    private const int MostBytes = 128 << 10;

    public static async Task DealerAsync(RoleTask task)
    {
        await using var socket = task.Connect();
        var meter = new Meter(task);
        await SendAsync(task, meter, socket.SendAsync, socket.SendAsync);
        meter.Stop();
        meter.Write();
        RoleLines.WaitForEnd();
    }

    /// <summary>The DEALER says that it is there, and at its end that it has everything.</summary>
    public static async Task RouterAsync(RoleTask task)
    {
        await using var socket = task.Bind();
        var peer = await PeerAsync(socket);
        var meter = new Meter(task);
        await SendAsync(task, meter, (body, ct) => socket.SendAsync(peer, body, ct), (batch, ct) => socket.SendAsync(peer, batch, ct));
        await PeerAsync(socket);
        meter.Stop();
        meter.Write();
        RoleLines.WaitForEnd();
    }

    private static async Task<PeerIdentity> PeerAsync(RouterSocket socket)
    {
        using var message = await socket.ReceiveAsync();
        return message.Peer!;
    }

    private static async Task SendAsync(
        RoleTask task, Meter meter, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, Func<SendBatch, CancellationToken, ValueTask> sendBatch)
    {
        if (task.Style != "batch")
        {
            while (!meter.IsDone)
            {
                await send(task.Payload, CancellationToken.None);
                meter.Add(1);
            }

            return;
        }

        var size = Math.Clamp(MostBytes / task.Size, 1, MostMessages);
        var batch = new SendBatch();
        while (!meter.IsDone)
        {
            var messages = Math.Min(size, meter.Left);
            for (var i = 0; i < messages; i++)
            {
                batch.Add(task.Payload.Span);
            }

            await sendBatch(batch, CancellationToken.None);
            meter.Add(messages);
        }
    }
}
