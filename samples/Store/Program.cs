using Iarnet;
using StoreSample;

// The object store, with nothing of Iarnet but Iarnet.Store. Without a mode it shows an array of .NET that a Python process reads
// where it lies; "follow" shows a stream that another process reads while it is written. See Options.cs for what the command line takes.
var options = Options.Parse(args);
if (options is null)
{
    return 2;
}

using var stop = new ControlC();
try
{
    switch (options.Mode)
    {
        case Mode.Serve:
            await Serve.RunAsync(options, stop.Token);
            return 0;
        case Mode.Follow:
            return await Follow.RunAsync(options, stop.Token);
        case Mode.Read:
            await Follow.ReadAsync(options, stop.Token);
            return 0;
        default:
            return await Share.RunAsync(options, stop.Token);
    }
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    return 130;
}
catch (Exception error) when (error is IarnetException or IOException or PlatformNotSupportedException or System.ComponentModel.Win32Exception)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
