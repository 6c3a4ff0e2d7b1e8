namespace Iarnet.Store;

/// <summary>How values leave and come back.</summary>
public sealed class StoreObjectSpaceOptions
{
    /// <summary>Encoded values of at most this many bytes travel with the message; larger ones are put in the store. Default 64 KiB.</summary>
    public int InlineLimit { get; set; } = 64 * 1024;

    /// <summary>The codecs. Default: <see cref="CodecRegistry.Default"/>.</summary>
    public CodecRegistry Codecs { get; set; } = CodecRegistry.Default;
}
