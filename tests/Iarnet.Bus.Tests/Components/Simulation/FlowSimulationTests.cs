namespace Iarnet.Bus.Tests.Components.Simulation;

/// <summary>
/// The protocol of the component bus, connections cut anywhere, replaced, and delivering late: nothing is lost or doubled, order
/// inside a level holds, what expires is told once and never delivered, bounds hold, every wait ends. A failure names its seed.
/// </summary>
public sealed class FlowSimulationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public void Fifteen_hundred_random_runs_keep_every_promise(int firstSeed)
    {
        var (deliveries, expirations, replies, connections) = (0L, 0L, 0L, 0L);
        for (var seed = firstSeed; seed < firstSeed + 1500; seed++)
        {
            var run = new FlowSimulation(seed);
            run.Run(300);
            deliveries += run.Deliveries;
            expirations += run.Expirations;
            replies += run.Replies;
            connections += run.Connections;
        }

        // Runs in which nothing happens would keep every promise too.
        Assert.True(deliveries > 100_000 && expirations > 1_000 && replies > 1_000 && connections > 5_000, $"{deliveries} deliveries, {expirations} expirations, {replies} replies, {connections} connections");
    }
}
