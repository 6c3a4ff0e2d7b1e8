using Iarnet;
using QuickStart;

// Counts the words of a folder of text files in worker processes. See Options.cs for what the command line takes.
var options = Options.Parse(args);
if (options is null)
{
    return 2;
}

using var stop = new ControlC();
try
{
    await using var iarnet = await IarnetHost.StartAsync(options.Configure, stop.Token);
    await using var session = iarnet.OpenSession("quickstart");
    await using var view = View.Follow(session, stop.Token);
    await using var chaos = Chaos.Start(iarnet, options.Chaos, stop.Token);

    // The job. A call returns at once with a reference to what it will give; the graph grows while it runs.
    var files = session.Call(Corpus.List, options.Path);
    var split = await session.Call(Corpus.Split, files).GetAsync(stop.Token);
    var counts = split.Chunks.Select(chunk => session.Call(Words.Count, chunk)).ToArray();
    var total = session.Reduce(counts, Words.Merge, fanIn: 8);
    var top = session.Call(Words.Top, total, 20);
    var lengths = options.Python ? session.Call(iarnet.Function<Dictionary<string, long>, Dictionary<string, long>>("lengths"), total) : null;

    await view.ShowAsync(await top.GetAsync(stop.Token), split, lengths is null ? null : await lengths.GetAsync(stop.Token));
    return View.Check(await total.GetAsync(stop.Token), await files.GetAsync(stop.Token), split) ? 0 : 1;
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    return 130;
}
catch (IarnetException error)
{
    return View.Fail(error);
}
