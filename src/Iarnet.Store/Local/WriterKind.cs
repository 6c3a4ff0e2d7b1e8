namespace Iarnet.Store;

/// <summary>Who writes an unfinished object, and how.</summary>
internal enum WriterKind
{
    /// <summary>This process, for itself.</summary>
    Local,

    /// <summary>This process, from what a client sends.</summary>
    Streamed,

    /// <summary>A client, in place.</summary>
    Mapped,
}
