using FsCheck;
using FsCheck.Fluent;

namespace Iarnet.Dag.Tests;

/// <summary>Random DAGs give what direct evaluation gives. FsCheck prints the seed of a DAG that does not.</summary>
public sealed class RandomDagTests : EngineTest
{
    public RandomDagTests()
        : base(new DagEngine())
    {
    }

    [Fact]
    public void A_random_dag_gives_what_direct_evaluation_gives() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => Check(seed).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    private async Task<bool> Check(int seed)
    {
        var random = new SeededRandom(seed);
        await using var session = Engine.OpenSession($"seed {seed}");
        var expected = new List<int?>();
        var nodes = new List<DataRef<int>>();
        var count = 1 + random.Next(150);
        for (var i = 0; i < count; i++)
        {
            int Before() => Math.Max(0, i - 1 - random.Next(20));
            var (a, b) = (Before(), Before());
            switch (i == 0 ? 0 : random.Next(8))
            {
                case 0:
                    nodes.Add(session.Put(i));
                    expected.Add(i);
                    break;
                case 1:
                    nodes.Add(session.Call(Maths.SquareLater, nodes[a]));
                    expected.Add(unchecked(expected[a] * expected[a]));
                    break;
                case 2 when random.Next(10) == 0:
                    nodes.Add(session.Call(Maths.Throw, nodes[a]));
                    expected.Add(null);
                    break;
                case 3:
                    nodes.Add(session.CallAll(Weighted, [nodes[a], nodes[b], nodes[0]]));
                    expected.Add(expected[a] is { } x && expected[b] is { } y && expected[0] is { } z ? Weighted([x, y, z]) : null);
                    break;
                default:
                    nodes.Add(session.Call(Maths.Add, nodes[a], nodes[b]));
                    expected.Add(unchecked(expected[a] + expected[b]));
                    break;
            }
        }

        for (var i = 0; i < count; i++)
        {
            if (expected[i] is { } value)
            {
                Assert.Equal(value, await nodes[i].Within($"node {i} of seed {seed}"));
            }
            else
            {
                var error = await Assert.ThrowsAsync<FunctionFailedException>(() => nodes[i].Within($"node {i} of seed {seed}"));
                Assert.Equal("Maths.Throw", error.Function);
            }
        }

        await session.WhenIdleAsync().Within();
        var counts = session.GetStatistics();
        return counts.Ended == counts.Total && counts.Pending + counts.Ready + counts.Running == 0;
    }

    private static int Weighted(int[] parts) => unchecked(parts[0] + (2 * parts[1]) + (3 * parts[2]));
}
