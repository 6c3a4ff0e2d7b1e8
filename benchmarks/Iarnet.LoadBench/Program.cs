using Iarnet.LoadBench.Bus;
using Iarnet.LoadBench.Bus.Roles;
using Iarnet.LoadBench.Dag;
using Iarnet.LoadBench.Harness;
using Iarnet.LoadBench.Store;
using Iarnet.LoadBench.Store.Roles;

// Iarnet.LoadBench NAME [--short] [--only TEXT] [--self] [--out FOLDER]: one side-by-side benchmark, ours and the peer in turn in the same run.
var benchmarks = new Dictionary<string, Func<RunOptions, Task<IReadOnlyList<Row>>>>(StringComparer.Ordinal)
{
    ["dag"] = options => DagBenchmark.RunAsync(options.Short),
    ["bus"] = BusBenchmark.RunAsync,
    ["store"] = StoreBenchmark.RunAsync,
};

if (args is [BusBenchmark.RoleCommand, ..])
{
    return await Role.RunAsync(args[1..]);
}

if (args is [StoreBenchmark.RoleCommand, ..])
{
    return await Stage.RunAsync(args[1..]);
}

var name = args.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "";
if (name == "--list" || args.Contains("--list"))
{
    Console.WriteLine(string.Join(Environment.NewLine, benchmarks.Keys));
    return 0;
}

if (!benchmarks.TryGetValue(name, out var benchmark))
{
    Console.Error.WriteLine($"'{name}' is no benchmark; there is: {string.Join(", ", benchmarks.Keys)}");
    return 2;
}

var options = RunOptions.Parse(args);
var rows = await benchmark(options);
Report.Print(rows);
if (options.IsWhole)
{
    Report.Write(name, rows, RunOptions.Value(args, "--out") ?? Path.Combine("artifacts", "bench"));
}

return 0;
