namespace Iarnet.Store.Transfer;

/// <summary>The constants of the protocol. Changing one is a new version.</summary>
internal static class TransferLimits
{
    public const uint Magic = 0x31545349;

    public const ushort Version = 1;

    /// <summary>
    /// What one DATA frame carries and one checksum covers. It fits the second-level cache, so that the checksum and the next hop of a chain
    /// read what was just received, and it is long enough that its header does not count.
    /// </summary>
    public const int ChunkBytes = 512 * 1024;

    /// <summary>The largest body of a request. The texts and lists below fit into it.</summary>
    public const int RequestBytes = 8 * 1024;

    /// <summary>The largest body of an answer that is not DATA: metadata is the largest thing in it.</summary>
    public const int AnswerBytes = 128 * 1024;

    public const int TokenBytes = 256;

    public const int SourceCharacters = 256;

    public const int EndpointCharacters = 256;

    /// <summary>Most endpoints in a list.</summary>
    public const int Endpoints = 8;

    public const int CodecCharacters = 64;

    /// <summary>An object of 2^40 bytes has two million chunks: what is kept for each of them stays small.</summary>
    public const long ObjectBytes = 1L << 40;
}
