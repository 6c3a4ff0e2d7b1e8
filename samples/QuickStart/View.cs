using System.Diagnostics;
using System.Globalization;
using Iarnet;
using Spectre.Console;

namespace QuickStart;

/// <summary>What a person sees: progress while the job runs, then the result and what it took.</summary>
internal sealed class View : IAsyncDisposable
{
    private readonly DagSession _session;
    private readonly CancellationTokenSource _stop;
    private readonly Task _following;
    private readonly StoreBytes _stored = new();
    private readonly long _start = Stopwatch.GetTimestamp();

    private View(DagSession session, CancellationToken cancellationToken)
    {
        _session = session;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _following = FollowAsync(_stop.Token);
    }

    public static View Follow(DagSession session, CancellationToken cancellationToken) => new(session, cancellationToken);

    public static int Fail(IarnetException error)
    {
        AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
        return 1;
    }

    /// <summary>Ends the progress and shows the result with a summary.</summary>
    public async Task ShowAsync(WordCount[] top, Split split, Dictionary<string, long>? lengths)
    {
        await EndAsync();
        var elapsed = Stopwatch.GetElapsedTime(_start);
        var statistics = _session.GetStatistics();
        foreach (var passed in split.PassedOver)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]passed over {passed.Path}: {passed.Reason}[/]");
        }

        AnsiConsole.Write(Words(top));
        if (lengths is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"Python says: words by length {string.Join(", ", lengths.Take(12).Select(pair => $"{pair.Key}: {pair.Value}"))}");
        }

        AnsiConsole.Write(Stages(statistics));
        AnsiConsole.Write(Workers(statistics));
        var between = statistics.EncodedBytes + statistics.ResultBytes;
        AnsiConsole.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{statistics.Done:N0} tasks in {elapsed.TotalSeconds:F2} s, {statistics.Done / elapsed.TotalSeconds:N0} tasks/s, {between / 1048576.0:N1} MB between processes, {_stored.Total / 1048576.0:N1} MB through the store"));
    }

    /// <summary>Counts again with none of the machinery, and says whether the answers agree.</summary>
    public static bool Check(Dictionary<string, long> counted, string[] files, Split split)
    {
        var passed = split.PassedOver.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var plain = PlainCount.Of(files.Where(file => !passed.Contains(file)));
        var wrong = plain.Where(pair => counted.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => pair.Key).Concat(counted.Keys.Except(plain.Keys)).ToArray();
        if (wrong.Length == 0)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]The answer agrees with the plain count: {plain.Values.Sum():N0} words, {plain.Count:N0} different.[/]");
            return true;
        }

        AnsiConsole.MarkupLineInterpolated($"[red]The answer differs from the plain count in {wrong.Length} words, for example '{wrong[0]}': {counted.GetValueOrDefault(wrong[0])} instead of {plain.GetValueOrDefault(wrong[0])}.[/]");
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stored.Dispose();
        _stop.Dispose();
    }

    private static Table Words(WordCount[] top)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"the {top.Length} most frequent words").AddColumn("word").AddColumn(new TableColumn("count").RightAligned());
        foreach (var entry in top)
        {
            table.AddRow(Markup.Escape(entry.Word), entry.Count.ToString("N0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static Table Stages(DagStatistics statistics)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("stages").AddColumn("function").AddColumn("tasks").AddColumn("computed").AddColumn("run again");
        foreach (var stage in statistics.Functions)
        {
            table.AddRow(Markup.Escape(stage.Function), Number(stage.Done), Seconds(stage.ComputeTime), Number(stage.Retries));
        }

        return table;
    }

    private static Table Workers(DagStatistics statistics)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("workers").AddColumn("worker").AddColumn("tasks").AddColumn("computed").AddColumn("lost");
        foreach (var worker in statistics.Actors)
        {
            table.AddRow(Markup.Escape(worker.Actor), Number(worker.Done), Seconds(worker.ComputeTime), Number(worker.Lost));
        }

        return table;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2} s");

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AnsiConsole.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).StartAsync(async progress =>
            {
                var bar = progress.AddTask("starting", maxValue: 1);
                await foreach (var report in _session.Progress(untilIdle: false, cancellationToken))
                {
                    bar.MaxValue = Math.Max(1, report.Statistics.Total);
                    bar.Value = report.Statistics.Ended;
                    bar.Description = string.Create(CultureInfo.InvariantCulture, $"{report.Statistics.Ended:N0} of {report.Statistics.Total:N0} tasks, {report.CallsPerSecond:N0}/s");
                }
            });
        }
        catch (OperationCanceledException)
        {
            // The job is done, or was given up.
        }
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _following;
    }
}
