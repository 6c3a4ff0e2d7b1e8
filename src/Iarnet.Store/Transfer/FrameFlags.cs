namespace Iarnet.Store.Transfer;

/// <summary>The flags of requests.</summary>
internal static class FrameFlags
{
    /// <summary>LOCATE: do not send me elsewhere.</summary>
    public const byte Direct = 1;

    /// <summary>READ: what came before did not fit its checksum, compute it again.</summary>
    public const byte Fresh = 1;
}
