using Iarnet.Functions;

namespace Iarnet.Dag.Tests;

public sealed class FunctionTests : EngineTest
{
    private readonly DagSession _session;

    public FunctionTests()
        : base(new DagEngine()) => _session = Engine.OpenSession("test");

    [Fact]
    public void A_lambda_that_captures_is_refused_by_the_name_of_what_it_captures()
    {
        var factor = Environment.ProcessorCount;
        var error = Assert.Throws<FunctionNotSupportedException>(() => _session.Call(x => x * factor, 1));
        Assert.Contains("'factor'", error.Message, StringComparison.Ordinal);
        Assert.Contains("static method", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_of_an_object_is_refused() =>
        Assert.Contains("not static", Assert.Throws<FunctionNotSupportedException>(() => _session.Call(new Scale(2).Apply, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_generic_method_is_refused() =>
        Assert.Contains("generic", Assert.Throws<FunctionNotSupportedException>(() => _session.Call(Same<int>, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_method_bound_to_its_first_argument_is_refused() =>
        Assert.Contains("bound", Assert.Throws<FunctionNotSupportedException>(() => _session.Call("abc".Repeat, 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void Several_methods_in_one_delegate_are_refused()
    {
        Func<int, int> both = Maths.Next;
        both += Maths.Square;
        Assert.Contains("several", Assert.Throws<FunctionNotSupportedException>(() => _session.Call(both, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_static_local_function_runs()
    {
        static int Twice(int x) => 2 * x;
        Assert.Equal(8, await _session.Call(Twice, 4).Within());
        Assert.Equal("FunctionTests.Twice", FunctionRef.Create<int, int>(Twice).Name);
        Assert.Equal("FunctionTests.A_static_local_function_runs.lambda", FunctionRef.Create<int, int>(static x => x).Name.TrimEnd("0123456789_".ToCharArray()));
    }

    [Fact]
    public void A_language_without_a_host_is_refused_at_the_door()
    {
        var error = Assert.Throws<FunctionNotSupportedException>(() => _session.Call(Remote.Function(), 1));
        Assert.Contains("python", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_definition_of_a_method_names_it_its_parameters_and_its_options()
    {
        var definition = Engine.AddFunction(Maths.WaitForCancellation, f => f
            .Cpu("500m").Memory("256Mi").Gpu(1).Replicas(2, 8).Retry(7).Tags("gpu").Group("g").Concurrency(4).Timeout(TimeSpan.FromSeconds(3)));
        Assert.Equal("Maths.WaitForCancellation", definition.Name);
        Assert.Equal("x", Assert.Single(definition.Parameters));
        Assert.Equal(FunctionLanguages.DotNet, definition.Language);
        Assert.Equal("WaitForCancellation", Assert.IsType<DotNetMethodCode>(definition.Code).Method.Name);
        var options = definition.Options;
        Assert.Equal((500, 256L << 20, 1), (options.Resources.Amounts.CpuMillicores, options.Resources.Amounts.MemoryBytes, options.Resources.Amounts.Gpus));
        Assert.Equal((2, 8, 7, "g", 4), (options.MinReplicas, options.MaxReplicas, options.MaxRetries, options.Group, options.Concurrency));
        Assert.Equal((TimeSpan.FromSeconds(3), "gpu"), (options.Timeout, Assert.Single(options.Resources.Tags)));
    }

    [Fact]
    public void A_function_can_be_added_again_only_as_it_was()
    {
        Engine.AddFunction(Maths.Next, f => f.Retry(1));
        Engine.AddFunction(Maths.Next, f => f.Retry(1));
        Assert.Throws<FunctionConflictException>(() => Engine.AddFunction(Maths.Next, f => f.Retry(2)));
        _ = _session.Call(Maths.Square, 1);
        Assert.Throws<FunctionConflictException>(() => Engine.AddFunction(Maths.Square, f => f.Retry(2)));
    }

    [Fact]
    public void Overloads_are_different_functions()
    {
        var one = Engine.AddFunction((Func<int, int>)Overloaded.Same);
        var other = Engine.AddFunction((Func<string, string>)Overloaded.Same);
        Assert.Equal(one.Name, other.Name);
        Assert.NotEqual(one.Id, other.Id);
    }

    [Fact]
    public void A_result_of_another_session_is_refused()
    {
        var foreign = Engine.OpenSession("other").Put(1);
        var error = Assert.Throws<InvalidGraphException>(() => _session.Call(Maths.Next, foreign));
        Assert.Equal(GraphFault.ForeignNode, error.Fault);
    }

    [Fact]
    public void A_handle_with_the_wrong_number_of_parameters_is_refused() =>
        Assert.Throws<FunctionNotSupportedException>(() => new FunctionRef<int, int, int>(Remote.Definition("f")));

    [Fact]
    public async Task Concurrency_bounds_how_many_calls_run_at_once()
    {
        Engine.AddFunction(Busy.Run, f => f.Replicas(2).Concurrency(3).Group("bounded"));
        var calls = Enumerable.Range(0, 60).Select(i => _session.Call(Busy.Run, i)).ToList();
        await _session.WhenIdleAsync().Within();
        Assert.Equal(Enumerable.Range(0, 60), await Task.WhenAll(calls.Select(call => call.Within())));
        Assert.InRange(Busy.Most, 2, 6);
    }

    [Fact]
    public async Task What_a_function_leaves_in_asynchronous_locals_is_not_seen_by_the_next()
    {
        var marks = Enumerable.Range(0, 500).Select(i => _session.Call(Locals.Swap, i)).ToList();
        Assert.All(await Task.WhenAll(marks.Select(mark => mark.Within())), mark => Assert.Equal(0, mark));
    }

    private static T Same<T>(T value) => value;

    private static class Overloaded
    {
        public static int Same(int x) => x;

        public static string Same(string x) => x;
    }

    private static class Locals
    {
        private static readonly AsyncLocal<int> Local = new();

        public static int Swap(int x)
        {
            var before = Local.Value;
            Local.Value = x + 1;
            return before;
        }
    }

    private static class Busy
    {
        private static int _running;
        private static int _most;

        public static int Most => Volatile.Read(ref _most);

        public static async Task<int> Run(int x)
        {
            var running = Interlocked.Increment(ref _running);
            InterlockedMax(running);
            await Task.Delay(2);
            Interlocked.Decrement(ref _running);
            return x;
        }

        private static void InterlockedMax(int value)
        {
            int seen;
            while ((seen = Volatile.Read(ref _most)) < value && Interlocked.CompareExchange(ref _most, value, seen) != seen)
            {
            }
        }
    }

    private sealed class Scale(int factor)
    {
        public int Apply(int x) => x * factor;
    }
}

internal static class TextExtensions
{
    public static string Repeat(this string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
