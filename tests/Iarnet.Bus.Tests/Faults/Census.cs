namespace Iarnet.Bus.Tests.Faults;

/// <summary>Counts what a socket says of connections; keeps nothing of it. Called on the loop.</summary>
internal sealed class Census
{
    private long _connected;
    private long _disconnected;
    private long _failed;

    public long Messages { get; set; }

    /// <summary>Connections that are over, whether they had become peers or not.</summary>
    public long Ended => Interlocked.Read(ref _disconnected) + Interlocked.Read(ref _failed);

    public void Add(SocketEvent happened)
    {
        switch (happened)
        {
            case PeerConnected:
                Interlocked.Increment(ref _connected);
                break;
            case PeerDisconnected:
                Interlocked.Increment(ref _disconnected);
                break;
            default:
                Interlocked.Increment(ref _failed);
                break;
        }
    }

    public override string ToString() => $"{_connected} connected, {_disconnected} of them disconnected, {_failed} ended before, {Messages} messages";
}
