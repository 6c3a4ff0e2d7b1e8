namespace Iarnet.Store.Transfer;

/// <summary>A server answered with an ERROR frame.</summary>
internal sealed class TransferRefusedException(TransferErrorCode code, string message) : IarnetException(message)
{
    public TransferErrorCode Code { get; } = code;
}
