namespace Iarnet.Store.Link;

/// <summary>The other end of a link broke its rules.</summary>
internal sealed class LinkProtocolException(string text) : IarnetException(text);
