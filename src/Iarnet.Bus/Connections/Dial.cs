namespace Iarnet.Bus.Connections;

/// <summary>An endpoint that is connected to, until it is given up.</summary>
internal sealed class Dial(CancellationTokenSource stop)
{
    public Task Running { get; set; } = Task.CompletedTask;

    public CancellationTokenSource Stop { get; } = stop;

    /// <summary>The connection of this moment.</summary>
    public ZmtpConnection? Connection { get; set; }
}
