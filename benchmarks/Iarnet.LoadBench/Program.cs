using Iarnet.LoadBench.Dag;
using Iarnet.LoadBench.Harness;

// Iarnet.LoadBench NAME [--short] [--out FOLDER]: one side-by-side benchmark, ours and the peer in turn in the same run.
var benchmarks = new Dictionary<string, Func<bool, Task<IReadOnlyList<Row>>>>(StringComparer.Ordinal)
{
    ["dag"] = DagBenchmark.RunAsync,
};

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

var index = Array.IndexOf(args, "--out");
var folder = index >= 0 && index + 1 < args.Length ? args[index + 1] : Path.Combine("artifacts", "bench");
var rows = await benchmark(args.Contains("--short"));
Report.Write(name, rows, folder);
return 0;
