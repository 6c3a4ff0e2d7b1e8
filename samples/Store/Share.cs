using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Iarnet.Objects;
using Iarnet.Store;

namespace StoreSample;

/// <summary>Puts a large array into shared memory; a Python process reads it where it lies, and puts a result that is read here where it lies.</summary>
internal static class Share
{
    private const int RowLength = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(Options options, CancellationToken stop)
    {
        var numbers = new double[(options.MiB << 20) / sizeof(double)];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i % 1000;
        }

        await using var store = await ObjectStore.OpenAsync(
            new ObjectStoreOptions { SegmentFolder = $"/dev/shm/iarnet-store-{Environment.ProcessId}", MemoryLimit = 3L * options.MiB << 20 }, cancellationToken: stop);

        var watch = Stopwatch.StartNew();
        var array = await store.PutValueAsync(numbers, cancellationToken: stop);
        Say($".NET: {options.MiB} MiB put into shared memory in {watch.Elapsed.TotalMilliseconds:0.0} ms: the only copy that is made");

        // Whoever makes the id can wait for the object before it is there.
        var sums = new ObjectRef(ObjectId.New(), store.Source);
        using var python = Start(options.Python, store.SegmentFolder!, array.Id, sums.Id, RowLength);
        using var rows = await GetAsync(store, sums, python, stop);
        await python.WaitForExitAsync(stop);
        Say($".NET: read the {rows.Size / 1024.0:0.#} KiB of results where they lie");
        return Check(numbers, MemoryMarshal.Cast<byte, double>(rows.Span)) && python.ExitCode == 0 ? 0 : 1;
    }

    private static Process Start(string python, string folder, ObjectId array, ObjectId sums, int rowLength)
    {
        var here = AppContext.BaseDirectory;
        var start = new ProcessStartInfo(python, [Path.Combine(here, "share.py"), folder, array.ToString(), sums.ToString(), rowLength.ToString(CultureInfo.InvariantCulture)]);
        start.Environment["PYTHONPATH"] = Path.Combine(here, "python");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return Process.Start(start)!;
    }

    private static async Task<ObjectLease> GetAsync(ObjectStore store, ObjectRef reference, Process maker, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var getting = store.GetAsync(reference, Patience, either.Token).AsTask();
        await Task.WhenAny(getting, maker.WaitForExitAsync(stop));
        if (!getting.IsCompleted && !store.Contains(reference))
        {
            await either.CancelAsync();
            await getting.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            stop.ThrowIfCancellationRequested();
            throw new IOException("The Python process ended without a result.");
        }

        return await getting;
    }

    private static bool Check(double[] numbers, ReadOnlySpan<double> sums)
    {
        var total = 0.0;
        for (var row = 0; row < sums.Length; row++)
        {
            var expected = 0.0;
            foreach (var number in numbers.AsSpan(row * RowLength, RowLength))
            {
                expected += number;
            }

            if (sums[row] != expected)
            {
                Say($".NET: row {row} sums to {sums[row]} where {expected} was expected");
                return false;
            }

            total += expected;
        }

        Say($".NET: both agree: {sums.Length:N0} rows, {total:N0} in all");
        return sums.Length == numbers.Length / RowLength;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
