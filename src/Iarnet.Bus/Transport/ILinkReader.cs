namespace Iarnet.Bus.Transport;

/// <summary>Told, on the loop of the link, when there is something to do. Neither call throws.</summary>
internal interface ILinkReader
{
    /// <summary>Bytes, the end or an error can be received.</summary>
    void Readable();

    /// <summary>Once after <see cref="ITransportLink.WaitWritable"/>: bytes can be sent again, or sending says why not.</summary>
    void Writable();
}
