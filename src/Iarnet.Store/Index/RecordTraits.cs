namespace Iarnet.Store.Index;

/// <summary>What else there is to know of an object.</summary>
[Flags]
internal enum RecordTraits : ushort
{
    None = 0,

    /// <summary>There is an entry beside the index: metadata, further owners, an expiry, a place on disk.</summary>
    HasExtras = 1,

    /// <summary>Words were put with it.</summary>
    HasMetadata = 4,

    /// <summary>A copy of another store's object, which can be fetched again.</summary>
    IsCopy = 2,

    /// <summary>It is written chunk by chunk, or was.</summary>
    IsStream = 256,
}
