using Iarnet.Bus.Connections;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus;

public sealed partial class BusPeer
{
    /// <summary>A connection that says nothing is asked after a while to say Ready, and closed when it does not in time.</summary>
    internal void Expect(ZmtpConnection connection, TimeSpan promptAfter, TimeSpan limit) => _ = ExpectAsync(connection, promptAfter, limit);

    private async Task ExpectAsync(ZmtpConnection connection, TimeSpan promptAfter, TimeSpan limit)
    {
        if (!await IsStillSilentAsync(connection, promptAfter).ConfigureAwait(false))
        {
            return;
        }

        connection.Queue!.TryAppend(EnvelopeWriter.WritePrompt(), ReadOnlyMemory<byte>.Empty);
        connection.Queue.Flush();
        if (await IsStillSilentAsync(connection, limit).ConfigureAwait(false))
        {
            connection.Fail($"component '{Id}' connected and did not say Ready within {limit.TotalSeconds:0.###} s");
        }
    }

    private async ValueTask<bool> IsStillSilentAsync(ZmtpConnection connection, TimeSpan wait)
    {
        try
        {
            await connection.Ended.WaitAsync(wait, _time).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException)
        {
            return Volatile.Read(ref _connection) != connection && _state != BusPeerState.Gone;
        }
    }
}
