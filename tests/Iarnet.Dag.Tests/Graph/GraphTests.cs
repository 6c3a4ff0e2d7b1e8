namespace Iarnet.Dag.Tests;

public sealed class GraphTests : EngineTest
{
    private static readonly FunctionRef Next = FunctionRef.Create<int, int>(Maths.Next);
    private static readonly FunctionRef Add = FunctionRef.Create<int, int, int>(Maths.Add);
    private static readonly FunctionRef Sum = FunctionRef.CreateVariadic<int, int>(Maths.Sum);
    private static readonly FunctionRef Join = FunctionRef.CreateVariadic<string, string>(Maths.Join);

    private readonly DagSession _session;

    public GraphTests()
        : base(new DagEngine()) => _session = Engine.OpenSession("test");

    private DagGraph Graph => _session.Graph;

    [Fact]
    public async Task Nodes_added_in_order_run()
    {
        _ = Graph.AddData("a", 1);
        Graph.AddControl("c1", Next, ["a"], "b");
        Graph.AddControl("c2", Add, ["a", "b"], "c");
        Graph.AddControl("c3", Sum, ["a", "b", "c", "c"], "d");
        Graph.Complete();
        Assert.Equal(1 + 2 + 3 + 3, await Graph.GetData<int>("d").Within());
    }

    [Fact]
    public async Task An_edge_waits_for_the_node_at_its_end()
    {
        Graph.AddControl("c3", Add, ["c", "b"], "d");
        Graph.AddControl("c2", Next, ["b"], "c");
        Assert.Equal(["c", "b"], new[] { "c", "b" }.Where(id => Graph.GetData<int>(id).State == CallState.Pending));
        Assert.Equal(["b"], Graph.PendingEdges);
        Graph.AddControl("c1", Next, ["a"], "b");
        Assert.Equal(["a"], Graph.PendingEdges);
        _ = Graph.AddData("a", 10);
        Assert.Empty(Graph.PendingEdges);
        Assert.Equal(12 + 11, await Graph.GetData<int>("d").Within());
        Graph.Complete();
    }

    [Fact]
    public void Cycles_are_refused_and_leave_no_trace()
    {
        Refused(GraphFault.Cycle, () => Graph.AddControl("self", Next, ["x"], "x"));
        Assert.Empty(Graph.PendingEdges);
        Graph.AddControl("c1", Next, ["a"], "b");
        Graph.AddControl("c2", Next, ["b"], "c");
        Refused(GraphFault.Cycle, () => Graph.AddControl("c3", Add, ["c", "e"], "a"));
        Assert.Equal(["a"], Graph.PendingEdges);
        Graph.AddControl("c3", Add, ["d", "e"], "a");
    }

    [Fact]
    public void Ids_are_unique()
    {
        _ = Graph.AddData("a", 1);
        Refused(GraphFault.DuplicateId, () => Graph.AddData("a", 2));
        Graph.AddControl("c", Next, ["a"], "b");
        Refused(GraphFault.DuplicateId, () => Graph.AddControl("c", Next, ["a"], "other"));
        Refused(GraphFault.DuplicateId, () => Graph.AddControl("c2", Next, ["a"], "b"));
        Refused(GraphFault.DuplicateId, () => Graph.AddData("b", 3));
    }

    [Fact]
    public void Arity_and_types_are_checked()
    {
        Refused(GraphFault.WrongArity, () => Graph.AddControl("c", Add, ["a"], "b"));
        Graph.AddControl("c", Next, ["a"], "b");
        Refused(GraphFault.WrongType, () => Graph.AddData("a", "text"));
        Refused(GraphFault.WrongType, () => Graph.AddControl("c2", Join, ["b"], "t"));
        Refused(GraphFault.WrongType, () => Graph.AddControl("c2", Join, ["t"], "a"));
        Refused(GraphFault.WrongType, () => Graph.GetData<string>("a"));
        var mixed = FunctionRef.Create<int, long, string, long>(Maths.Add3);
        Refused(GraphFault.WrongType, () => Graph.AddControl("c3", mixed, ["n", "n", "s"], "m"));
    }

    [Fact]
    public async Task A_graph_with_open_edges_cannot_be_completed_and_nothing_comes_after_that()
    {
        Graph.AddControl("c", Next, ["a"], "b");
        var error = Refused(GraphFault.UnknownNode, Graph.Complete);
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        Refused(GraphFault.UnknownNode, () => Graph.GetData<int>("never"));
        _ = Graph.AddData("a", 1);
        Graph.Complete();
        Refused(GraphFault.Completed, () => Graph.AddData("z", 1));
        Assert.Equal(2, await Graph.GetData<int>("b").Within());
    }

    [Fact]
    public async Task Waiting_for_a_node_that_never_comes_ends_with_the_session()
    {
        Graph.AddControl("c", Next, ["a"], "b");
        var (a, b) = (Graph.GetData<int>("a").Within(), Graph.GetData<int>("b").Within());
        await _session.DisposeAsync().Within();
        await Assert.ThrowsAsync<CallCanceledException>(() => a);
        await Assert.ThrowsAsync<CallCanceledException>(() => b);
    }

    private static InvalidGraphException Refused(GraphFault fault, Action action)
    {
        var error = Assert.Throws<InvalidGraphException>(action);
        Assert.Equal(fault, error.Fault);
        return error;
    }
}
