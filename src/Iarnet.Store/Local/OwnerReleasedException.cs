namespace Iarnet.Store;

/// <summary>An owner was released while something of its was under way.</summary>
internal sealed class OwnerReleasedException(string owner)
    : IarnetException($"The owner '{owner}' was released: what it began is given up. A new client under this name says Hello first.");
