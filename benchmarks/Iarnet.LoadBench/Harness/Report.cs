using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Iarnet.LoadBench.Harness;

/// <summary>Prints a table and writes it as JSON.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(IReadOnlyList<Row> rows)
    {
        Console.WriteLine();
        Console.WriteLine($"| workload | unit | ours | peer | ratio | goal | holds |");
        Console.WriteLine($"| --- | --- | ---: | ---: | ---: | --- | --- |");
        foreach (var row in rows)
        {
            Console.WriteLine(row.Error is null
                ? $"| {row.Workload} | {row.Unit} | {Figure(row.Ours)} | {Figure(row.Peer)} | {Figure(row.Ratio)} | {row.Goal} | {(row.Holds ? "yes" : "no")} |"
                : $"| {row.Workload} | {row.Unit} | | | | {row.Goal} | failed |");
        }

        foreach (var row in rows.Where(row => row.Against is not null))
        {
            Console.WriteLine($"{row.Workload}: the peer is {row.Against}");
        }

        foreach (var failed in rows.Where(row => row.Error is not null).GroupBy(row => row.Error))
        {
            Console.WriteLine($"FAILED: {string.Join("; ", failed.Select(row => row.Workload))}: {failed.Key}");
        }
    }

    public static void Write(string name, IReadOnlyList<Row> rows, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(rows, Json));
    }

    public static string Figure(double value) => value switch
    {
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("G3", CultureInfo.InvariantCulture),
    };
}
