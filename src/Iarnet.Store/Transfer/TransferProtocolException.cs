namespace Iarnet.Store.Transfer;

/// <summary>The peer broke the protocol, or what it sent arrived damaged. The connection is of no use any more.</summary>
internal sealed class TransferProtocolException(string message) : IarnetException(message);
