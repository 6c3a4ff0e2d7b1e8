using System.Globalization;
using System.Text.Json;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>Plays one role of the store benchmark: a command a line on standard input, a line of JSON for each.</summary>
internal static class Stage
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    public static async Task<int> RunAsync(string[] arguments)
    {
        // An orphan ends by itself, at the latest then; before, when its standard input ends.
        using var limit = new Timer(_ => Environment.Exit(3), null, Limit, Timeout.InfiniteTimeSpan);
        await using var role = Cast.Role(new Words(arguments));
        await SayAsync(async () => await role.StartAsync());
        while (Console.ReadLine() is { } line)
        {
            var words = new Words(line.Split(' '));
            await SayAsync(async () => await role.DoAsync(words.Text(), words));
        }

        return 0;
    }

    private static async Task SayAsync<T>(Func<Task<T>> act)
        where T : notnull
    {
        Dictionary<string, object> answer = [];
        try
        {
            answer["value"] = await act();
        }
        catch (Exception error)
        {
            answer["error"] = string.Create(CultureInfo.InvariantCulture, $"{error.GetType().Name}: {error.Message}");
        }

        Console.WriteLine(JsonSerializer.Serialize(answer));
    }
}
