namespace Iarnet.LoadBench.Bus;

/// <summary>Who plays the two roles of a workload: one of those that a contest compares. Two sides are different even when the players are the same.</summary>
/// <param name="router">Who binds.</param>
/// <param name="dealer">Who connects.</param>
/// <param name="factor">How many times the messages of the workload: a faster side needs more of them to be timed for as long.</param>
internal sealed class Side(Player router, Player dealer, double factor = 1)
{
    public Player Router => router;

    public Player Dealer => dealer;

    public double Factor => factor;

    public static Side Both(Player player, double factor = 1) => new(player, player, factor);
}
