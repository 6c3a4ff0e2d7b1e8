namespace Iarnet.Store.Transfer;

/// <summary>The connection to a peer could not be made, broke, or stood still for too long.</summary>
internal sealed class TransferBrokenException(string message, Exception? inner = null) : IarnetException(message, inner);
