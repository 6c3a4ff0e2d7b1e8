namespace Iarnet.Bus.Connections;

/// <summary>A peer broke the protocol or a limit. Ends its connection; never leaves the package.</summary>
internal sealed class ProtocolException(string message) : Exception(message);
