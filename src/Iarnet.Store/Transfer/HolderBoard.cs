using Iarnet.Objects;

namespace Iarnet.Store.Transfer;

/// <summary>
/// Who has, or is getting, what was read from this source, and who is to serve the next reader. All of it is advice: a reader that finds
/// it wrong comes back and says so. Thread-safe; everything in it is bounded and expires.
/// </summary>
/// <remarks>
/// The next reader goes to whoever serves the fewest now. Among equals the source is first, because reading from it takes no detour; then those that
/// have all of it, in turn; then those that are still getting it, the latest first. So readers that come together form a chain, which is as fast
/// as one copy when each relays while it receives, and readers that come later spread over all copies.
/// </remarks>
internal sealed class HolderBoard(TimeProvider time, TransferServerOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectRef, LinkedListNode<Entry>> _objects = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _tickets;
    private long _chosen;

    public int Objects
    {
        get
        {
            lock (_gate)
            {
                return _objects.Count;
            }
        }
    }

    /// <summary>Where a reader is to read, and a place for it.</summary>
    /// <param name="request">What it asks for.</param>
    /// <param name="size">The size of the object.</param>
    /// <param name="connection">Stands for the reader.</param>
    /// <param name="local">Whether it is on this machine.</param>
    public Placement Place(LocateRequest request, long size, object connection, bool local)
    {
        if (size < options.RelayMinimum)
        {
            return Placement.Here;
        }

        var endpoint = TransferEndpoint.TryParse(request.Endpoint, out var parsed) && (local || !parsed.IsLocal) ? request.Endpoint : "";
        lock (_gate)
        {
            var holders = HoldersOf(request.Reference);
            var now = time.GetTimestamp();
            holders.RemoveAll(h => h.Expiry < now || (h.Connection == connection && h.Endpoint.Length == 0) || request.Refused.Contains(h.Endpoint));
            var reader = endpoint.Length > 0 ? holders.Find(h => h.Endpoint == endpoint) : null;

            // Who asks again may have readers behind it: sent to one of them it would wait for itself.
            var isLast = reader is null || Readers(holders, reader) == 0;
            var others = holders.Where(h => h != reader && h.Endpoint.Length > 0 && (local || !h.IsLocal) && (h.HasAll || (isLast && h.Depth < options.MaxRelayDepth)))
                .OrderBy(h => Readers(holders, h)).ThenByDescending(h => h.HasAll).ThenBy(h => h.HasAll ? h.LastChosen : -h.Ticket).ToList();
            var first = others.FirstOrDefault();
            var redirected = first is not null && Readers(holders, first) < holders.Count(h => !h.HasAll && h.Parent is null && h != reader);
            if (redirected)
            {
                first!.LastChosen = ++_chosen;
            }

            var names = others.Where(h => h.HasAll || (redirected && h == first)).Take(TransferLimits.Endpoints).Select(h => h.Endpoint).ToList();
            if (reader is null && holders.Count < options.MaxHoldersPerObject)
            {
                holders.Add(reader = new Holder(endpoint, parsed?.IsLocal ?? false));
            }

            if (reader is null)
            {
                return new Placement(0, redirected, names);
            }

            reader.Ticket = ++_tickets;
            reader.Connection = connection;
            reader.Parent = redirected ? first : null;
            reader.Depth = (redirected ? first!.Depth : 0) + 1;
            reader.HasAll = false;
            reader.Expiry = After(options.ReaderLife);
            return new Placement(reader.Ticket, redirected, names);
        }
    }

    /// <summary>A reader is done: it has all of it now, or gave up.</summary>
    public void Done(in ObjectRef reference, long ticket, bool hasAll, object connection)
    {
        lock (_gate)
        {
            if (!_objects.TryGetValue(reference, out var node) || node.Value.Holders.Find(h => h.Ticket == ticket && h.Connection == connection) is not { } reader)
            {
                return;
            }

            if (!hasAll || reader.Endpoint.Length == 0)
            {
                node.Value.Holders.Remove(reader);
                return;
            }

            reader.HasAll = true;
            reader.Connection = null;
            reader.Parent = null;
            reader.Depth = 0;
            reader.Expiry = After(options.HolderLife);
        }
    }

    /// <summary>A connection ended, and with it its places among the readers of an object.</summary>
    public void Closed(in ObjectRef reference, object connection)
    {
        lock (_gate)
        {
            if (_objects.TryGetValue(reference, out var node))
            {
                node.Value.Holders.RemoveAll(h => h.Connection == connection);
            }
        }
    }

    private static int Readers(List<Holder> holders, Holder holder) => holders.Count(h => !h.HasAll && h.Parent == holder);

    private List<Holder> HoldersOf(in ObjectRef reference)
    {
        if (_objects.TryGetValue(reference, out var node))
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Holders;
        }

        if (_objects.Count >= options.MaxBroadcasts && _byUse.First is { } oldest)
        {
            _objects.Remove(oldest.Value.Reference);
            _byUse.Remove(oldest);
        }

        node = _byUse.AddLast(new Entry(reference, []));
        _objects.Add(reference, node);
        return node.Value.Holders;
    }

    private long After(TimeSpan life) => time.GetTimestamp() + (long)(life.TotalSeconds * time.TimestampFrequency);

    private sealed record Entry(ObjectRef Reference, List<Holder> Holders);
}
