namespace Iarnet.Store.Link;

/// <summary>What an entry of the ring asks for.</summary>
internal enum RingOperation : byte
{
    /// <summary>Nothing: the rest of the ring before its beginning.</summary>
    Skip = 0,

    /// <summary>A small object.</summary>
    Put = 1,

    /// <summary>A reference that is given up.</summary>
    Release = 2,
}
