namespace Iarnet.Bus.Transport;

/// <summary>A stream broke; the text says how.</summary>
internal sealed class LinkBrokenException(string message) : Exception(message);
