namespace Iarnet.Store.Link;

/// <summary>The store, as the session of a client sees it.</summary>
internal interface ISessionSink
{
    /// <summary>Whether memory is so short that clients should ask before they put more.</summary>
    bool IsShort { get; }

    /// <summary>Whether something that clients have put waits for memory.</summary>
    bool IsStalled { get; }

    /// <summary>Puts what a client put already, over the limit if need be; false when the system has no memory at all.</summary>
    bool TryPut(UInt128 id, ReadOnlySpan<byte> bytes, string codec, string owner, uint timeToLive);

    void Release(UInt128 id, string owner);
}
