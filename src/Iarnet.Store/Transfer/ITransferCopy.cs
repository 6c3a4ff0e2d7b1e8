namespace Iarnet.Store.Transfer;

/// <summary>
/// A copy that is being written. Ranges may be written by several threads. Disposing it without <see cref="Seal"/> gives it up; what was written stays
/// readable through it until then, also after <see cref="Seal"/>.
/// </summary>
internal interface ITransferCopy : IDisposable
{
    Memory<byte> Range(long offset, int length);

    void Seal();
}
