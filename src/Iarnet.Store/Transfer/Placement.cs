namespace Iarnet.Store.Transfer;

/// <summary>Where a reader is sent.</summary>
/// <param name="Ticket">Its place; 0: none was taken.</param>
/// <param name="Redirected">To the first of <paramref name="Holders"/>, not to the source.</param>
/// <param name="Holders">The holder to read from, then such as have all of it.</param>
internal readonly record struct Placement(long Ticket, bool Redirected, IReadOnlyList<string> Holders)
{
    public static Placement Here { get; } = new(0, false, []);
}
