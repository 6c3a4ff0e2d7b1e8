namespace Iarnet.Bus.Connections;

/// <summary>Connections whose handshake is not done, oldest first: at most so many in all, and from one address. Used under the lock of the hub.</summary>
internal sealed class HalfOpenConnections(int most, int mostPerAddress)
{
    private readonly LinkedList<ZmtpConnection> _connections = new();
    private readonly Dictionary<ZmtpConnection, LinkedListNode<ZmtpConnection>> _places = [];

    public IEnumerable<ZmtpConnection> All => _connections;

    /// <summary>Adds one, and says which has to go for it.</summary>
    public ZmtpConnection? Add(ZmtpConnection connection)
    {
        // An address that has its fill makes room among its own, also when all places are taken: it must not push out others.
        var displaced = OldestOf(connection.Link.Address) ?? (_connections.Count >= most ? _connections.First!.Value : null);
        _places.Add(connection, _connections.AddLast(connection));
        if (displaced is not null)
        {
            Remove(displaced);
        }

        return displaced;
    }

    public void Remove(ZmtpConnection connection)
    {
        if (_places.Remove(connection, out var place))
        {
            _connections.Remove(place);
        }
    }

    /// <summary>The oldest of an address that has its fill. The list is short, and walked only while handshakes are under way.</summary>
    private ZmtpConnection? OldestOf(string? address)
    {
        if (address is null || _connections.Count < mostPerAddress)
        {
            return null;
        }

        ZmtpConnection? oldest = null;
        var count = 0;
        foreach (var connection in _connections)
        {
            if (connection.Link.Address == address)
            {
                oldest ??= connection;
                count++;
            }
        }

        return count >= mostPerAddress ? oldest : null;
    }
}
