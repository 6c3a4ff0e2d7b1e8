using BusSample;
using Iarnet;

// A server that answers in capitals, and clients in other processes: ROUTER and DEALER, with nothing of Iarnet but Iarnet.Bus.
// Without a mode it shows both; otherwise run each in a terminal of its own. See Options.cs for what the command line takes.
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
        case Mode.Server:
            await Server.RunAsync(options, stop.Token);
            return 0;
        case Mode.Client:
            await Client.RunAsync(options, stop.Token);
            return 0;
        default:
            return await Demo.RunAsync(options, stop.Token);
    }
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    return 130;
}
catch (Exception error) when (error is IarnetException or IOException or System.Net.Sockets.SocketException or ArgumentException or FormatException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
