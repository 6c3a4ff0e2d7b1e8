namespace Iarnet.Store.Tests.Streams;

/// <summary>What a stream does, in the fewest words: it keeps everything and counts.</summary>
internal sealed class StreamModel(bool retain, int bufferChunks, int bufferBytes)
{
    public List<byte[]> All { get; } = [];

    public List<long> Positions { get; } = [];

    public StreamState State { get; private set; }

    public long First { get; private set; }

    public bool HasRoom(int size)
    {
        var from = Positions.Count > 0 ? Math.Min(Positions.Min(), All.Count) : retain ? All.Count : First;
        var ahead = All.Skip((int)from).ToArray();
        return ahead.Length < bufferChunks && (ahead.Length == 0 || ahead.Sum(b => b.Length) + size <= bufferBytes);
    }

    public Type? Write(byte[] bytes)
    {
        if (State != StreamState.Open)
        {
            return typeof(InvalidOperationException);
        }

        if (!HasRoom(bytes.Length))
        {
            return typeof(CallTimeoutException);
        }

        All.Add(bytes);
        Trim();
        return null;
    }

    public Type? Attach(long? from, bool fromEnd)
    {
        var position = fromEnd ? All.Count : from ?? First;
        if (position < First)
        {
            return typeof(ObjectNotFoundException);
        }

        Positions.Add(position);
        Trim();
        return null;
    }

    public void Detach(int reader)
    {
        Positions.RemoveAt(reader);
        Trim();
    }

    public (Type? Error, byte[]? Chunk) Look(long offset)
    {
        if (offset < First)
        {
            return (typeof(ObjectNotFoundException), null);
        }

        return offset < All.Count ? (null, All[(int)offset])
            : State switch
            {
                StreamState.Open => (typeof(CallTimeoutException), null),
                StreamState.Completed => (null, null),
                _ => (typeof(StreamFailedException), null),
            };
    }

    public (Type? Error, byte[]? Chunk) Read(int reader)
    {
        var found = Look(Positions[reader]);
        if (found.Chunk is not null)
        {
            Positions[reader]++;
            Trim();
        }

        return found;
    }

    public Type? End(StreamState state)
    {
        if (State != StreamState.Open)
        {
            return typeof(InvalidOperationException);
        }

        State = state;
        return null;
    }

    private void Trim()
    {
        if (!retain && Positions.Count > 0)
        {
            First = Math.Max(First, Math.Min(Positions.Min(), All.Count));
        }
    }
}
