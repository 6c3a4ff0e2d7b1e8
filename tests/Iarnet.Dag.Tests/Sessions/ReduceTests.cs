using FsCheck;
using FsCheck.Fluent;

namespace Iarnet.Dag.Tests;

public sealed class ReduceTests : EngineTest
{
    private readonly DagSession _session;

    public ReduceTests()
        : base(new DagEngine()) => _session = Engine.OpenSession("test");

    [Fact]
    public void A_reduction_of_any_shape_is_the_fold_from_left_to_right() =>
        Prop.ForAll(
            Gen.NonEmptyListOf(Gen.Elements("a", "b", "cd", "")).Zip(Gen.Choose(2, 9)).ToArbitrary(),
            input =>
            {
                var (parts, fanIn) = input;
                var fold = string.Concat(parts);
                var nodes = parts.Select(_session.Put).ToList();
                var pairs = _session.Reduce(nodes, Maths.Concat, fanIn).Within();
                var groups = _session.Reduce(nodes, Maths.Join, fanIn).Within();
                return pairs.GetAwaiter().GetResult() == fold && groups.GetAwaiter().GetResult() == fold;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_merge_of_lists_is_one_call_for_each_group()
    {
        var leaves = Enumerable.Range(0, 64).Select(i => _session.Put(i)).ToList();
        Assert.Equal(64 * 63 / 2, await _session.Reduce(leaves, Maths.Sum, fanIn: 8).Within());
        await _session.WhenIdleAsync().Within();
        Assert.Equal(9, _session.GetStatistics().Done);
    }

    [Fact]
    public async Task One_part_is_its_own_reduction_and_none_is_refused()
    {
        var only = _session.Put(5);
        Assert.Same(only, _session.Reduce([only], Maths.Add));
        Assert.Throws<ArgumentException>(() => _session.Reduce(Array.Empty<DataRef<int>>(), Maths.Add));
        Assert.Equal(0, await _session.CallAll(Maths.Sum, Array.Empty<DataRef<int>>()).Within());
    }

    [Fact]
    public async Task Variadic_calls_give_their_elements_as_arguments()
    {
        var host = new ScriptedHost("dotnet");
        var space = new RecordingSpace();
        await using var engine = new DagEngine(hosts: [host], space: space);
        await using var session = engine.OpenSession("test");
        _ = session.CallAll(Maths.Sum, [session.Put(1), session.Put(2), session.Put(3)]);
        var call = await (await host.NextGroup()).AddActor("only").NextCall();
        Assert.True(call.Function.IsVariadic);
        Assert.Equal("parts", Assert.Single(call.Function.Parameters));
        Assert.Equal(3, call.ArgumentCount);
        Assert.Equal(3, space.Read<int>(await call.GetArgument(2).EncodeAsync(space).Within()));
    }
}
