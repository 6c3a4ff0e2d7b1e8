using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Iarnet.MicroBenchmarks;

// Iarnet.MicroBenchmarks [--short] [--only TEXT] [--out FOLDER]: time and allocations of single steps of the bus.
var only = Value("--only");
var folder = Value("--out") ?? Path.Combine("artifacts", "bench");

// In this process: what a benchmark of its own would be built from is this repository, whose rules are not for generated code.
var job = (args.Contains("--short") ? Job.Dry : Job.Default.WithWarmupCount(5).WithIterationCount(10)).WithToolchain(InProcessEmitToolchain.Instance);
var config = ManualConfig.CreateEmpty()
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddLogger(ConsoleLogger.Default)
    .WithArtifactsPath(Path.Combine(folder, "bus-micro"));
if (only is not null)
{
    config.AddFilter(new NameContains(only));
}

var summaries = BenchmarkRunner.Run([typeof(FramingBenchmarks), typeof(QueueBenchmarks), typeof(SocketBenchmarks), typeof(HandshakeBenchmarks), typeof(SealingBenchmarks)], config);
var rows = summaries.SelectMany(MicroRow.Of).ToList();
MicroRow.Print(rows);
if (only is null)
{
    MicroRow.Write(rows, Path.Combine(folder, "bus-micro.json"));
}

return rows.Exists(row => row.Nanoseconds is null) ? 1 : 0;

string? Value(string name)
{
    var index = Array.IndexOf(args, name);
    return index >= 0 && index + 1 < args.Length ? args[index + 1] : null;
}
