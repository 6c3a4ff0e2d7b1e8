namespace Iarnet.Store.Transfer;

/// <summary>A reader of an object as its source knows it, and later one that has it.</summary>
internal sealed class Holder(string endpoint, bool local)
{
    /// <summary>Empty: it serves nobody.</summary>
    public string Endpoint { get; } = endpoint;

    /// <summary>The endpoint is of use on this machine only.</summary>
    public bool IsLocal { get; } = local;

    /// <summary>By what the reader names its place.</summary>
    public long Ticket { get; set; }

    /// <summary>The connection that it asked on, while it reads: when that ends, so does its place.</summary>
    public object? Connection { get; set; }

    /// <summary>Whom it reads from; null is the source.</summary>
    public Holder? Parent { get; set; }

    public int Depth { get; set; }

    /// <summary>It has everything and reads no more.</summary>
    public bool HasAll { get; set; }

    /// <summary>Grows with each reader that is sent to it.</summary>
    public long LastChosen { get; set; }

    /// <summary>When the source forgets it.</summary>
    public long Expiry { get; set; }
}
