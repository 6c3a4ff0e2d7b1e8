namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>Plays one role of the bus benchmark with the sockets of this suite.</summary>
internal static class Role
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(string[] arguments)
    {
        // An orphan ends by itself.
        using var limit = new Timer(_ => Environment.Exit(3), null, Limit, Timeout.InfiniteTimeSpan);
        var task = RoleTask.Parse(arguments);
        switch ((task.Role, task.Style))
        {
            case ("router-in", _):
                await Receiving.RouterAsync(task);
                break;
            case ("dealer-in", _):
                await Receiving.DealerAsync(task);
                break;
            case ("router-out", _):
                await Sending.RouterAsync(task);
                break;
            case ("dealer-out", _):
                await Sending.DealerAsync(task);
                break;
            case ("router-echo", "loop"):
                await EchoOnLoop.RunAsync(task);
                break;
            case ("router-echo", _):
                await Echo.RunAsync(task);
                break;
            case ("dealer-rtt", "loop"):
                await RoundTripsOnLoop.RunAsync(task);
                break;
            case ("dealer-rtt", _):
                await RoundTrips.RunAsync(task);
                break;
            case ("dealer-window", "loop"):
                await WindowOnLoop.RunAsync(task);
                break;
            case ("dealer-window", _):
                await Window.RunAsync(task);
                break;
            case ("router-dispatch", "loop"):
                await DispatchOnLoop.RunAsync(task);
                break;
            case ("router-dispatch", _):
                await Dispatch.RunAsync(task);
                break;
            case ("dealer-work", "loop"):
                await Work.OnLoopAsync(task);
                break;
            case ("dealer-work", _):
                await Work.AwaitedAsync(task);
                break;
            default:
                Console.Error.WriteLine($"'{task.Role}' is no role");
                return 2;
        }

        return 0;
    }
}
