namespace Iarnet.Store.Streams;

/// <summary>Whether a chunk is written.</summary>
internal enum StreamLook
{
    /// <summary>It is.</summary>
    There,

    /// <summary>It may be later.</summary>
    NotYet,

    /// <summary>The stream was completed before it.</summary>
    End,
}
