namespace Iarnet.Store.Link;

/// <summary>Sizes of frames.</summary>
internal static class Frame
{
    public const uint Magic = 0x314c_5349;
    public const ushort Version = 1;

    /// <summary>The length before a frame.</summary>
    public const int PrefixBytes = 4;

    /// <summary>Kind and call.</summary>
    public const int HeadBytes = 5;

    /// <summary>The longest frame, without the length before it.</summary>
    public const int LongestBytes = 128 * 1024;

    /// <summary>The most bytes of an object in a frame.</summary>
    public const int LargestInline = 64 * 1024;

    /// <summary>HELLO: the client wants to read the index and to put through a ring.</summary>
    public const ushort WantsSession = 1;

    /// <summary>HELLO: the owner's references go when the link closes.</summary>
    public const ushort OwnerEndsWithLink = 2;
}
