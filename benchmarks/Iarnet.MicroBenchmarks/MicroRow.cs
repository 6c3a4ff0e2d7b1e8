using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Reports;

namespace Iarnet.MicroBenchmarks;

/// <summary>One benchmark: the mean of an operation, and the bytes that it allocates, on all threads. Null when it failed.</summary>
internal sealed record MicroRow(
    [property: JsonPropertyName("benchmark")] string Benchmark,
    [property: JsonPropertyName("parameters")] string Parameters,
    [property: JsonPropertyName("nanoseconds")] double? Nanoseconds,
    [property: JsonPropertyName("allocated")] long? Allocated)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static IEnumerable<MicroRow> Of(Summary summary) => summary.BenchmarksCases.Select(one =>
    {
        var report = summary[one];
        return new MicroRow(
            $"{one.Descriptor.Type.Name.Replace("Benchmarks", "", StringComparison.Ordinal)}.{one.Descriptor.WorkloadMethod.Name}",
            one.Parameters.DisplayInfo.Trim('[', ']'),
            report?.ResultStatistics?.Mean,
            report?.GcStats.GetBytesAllocatedPerOperation(one));
    });

    public static void Print(IEnumerable<MicroRow> rows)
    {
        Console.WriteLine();
        Console.WriteLine("| benchmark | parameters | ns | allocated bytes |");
        Console.WriteLine("| --- | --- | ---: | ---: |");
        foreach (var row in rows)
        {
            Console.WriteLine($"| {row.Benchmark} | {row.Parameters} | {row.Nanoseconds?.ToString("N1", CultureInfo.InvariantCulture) ?? "failed"} | {row.Allocated} |");
        }
    }

    public static void Write(IReadOnlyList<MicroRow> rows, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(rows, Json));
    }
}
