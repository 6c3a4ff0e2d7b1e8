using System.Globalization;
using Iarnet.Objects;
using Iarnet.Rpc;

namespace Iarnet.Store.Tests.Faults;

/// <summary>What runs in <see cref="OtherProcess"/>. It ends with its standard input, which is the test's to close.</summary>
internal static class OtherEnd
{
    // Not Console.In, which blocks whoever waits for it.
    private static readonly StreamReader Input = new(Console.OpenStandardInput());

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["serve", var address, var folder, var memory]:
                await ServeAsync(address, folder, Number(memory));
                return 0;
            case ["write", var address, var owner, var series, var least, var most]:
                await WriteAsync(address, owner, Number(series), Number(least), Number(most));
                return 0;
            case ["hold", var address, var owner, .. var ids]:
                await HoldAsync(address, owner, ids);
                return 0;
            case ["churn", var address, var owner, var seed, var series]:
                await ChurnAsync(address, owner, Number(seed), Number(series));
                return 0;
            default:
                await Console.Error.WriteLineAsync("Run the tests with 'dotnet test'.");
                return 2;
        }
    }

    private static async Task ServeAsync(string address, string folder, int memory)
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder, MemoryLimit = memory });
        await using var server = new RpcServer().AddService(new StoreService(store).Bind()).Listen(address);
        await server.StartAsync();
        Console.WriteLine($"ready {store.Source}");
        while (await Input.ReadLineAsync() is not null)
        {
            await store.CheckIntegrityAsync();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{store.Statistics.Objects} {store.Statistics.Leases} {store.Statistics.Unfinished}"));
        }
    }

    /// <summary>Puts one object after the other, and says of each that the store has it; large ones go again when two more are there.</summary>
    private static async Task WriteAsync(string address, string owner, int series, int least, int most)
    {
        await using var client = await StoreClient.ConnectAsync(address, new StoreClientOptions { Owner = owner });
        _ = EndWithInputAsync();
        for (var number = 0; ; number++)
        {
            var id = Pattern.Id(series, number);
            await client.PutAsync(Pattern.Bytes(id, Pattern.Size(id, least, most)), CodecNames.Raw, id);
            Console.WriteLine(number);
            if (most > 1 << 20 && number > 0)
            {
                client.Release(new ObjectRef(Pattern.Id(series, number - 1), client.Source));
            }
        }
    }

    /// <summary>Leases objects, and verifies them whenever it is asked.</summary>
    private static async Task HoldAsync(string address, string owner, string[] ids)
    {
        await using var client = await StoreClient.ConnectAsync(address, new StoreClientOptions { Owner = owner });
        var leases = new List<ObjectLease>();
        foreach (var id in ids)
        {
            leases.Add(await client.GetAsync(new ObjectRef(ObjectId.Parse(id), client.Source)));
        }

        do
        {
            Console.WriteLine($"whole {leases.Count(static l => Pattern.Matches(l.Reference.Id, l.Span))}");
        }
        while (await Input.ReadLineAsync() is not null);
        leases.ForEach(static l => l.Dispose());
    }

    private static async Task ChurnAsync(string address, string owner, int seed, int series)
    {
        await using var client = await StoreClient.ConnectAsync(address, new StoreClientOptions { Owner = owner });
        var churn = new Churn(client, seed, series);
        Console.WriteLine("ready");
        var ending = Input.ReadLineAsync();
        while (!ending.IsCompleted)
        {
            for (var i = 0; i < 256; i++)
            {
                await churn.StepAsync();
            }

            Console.WriteLine(churn.Operations);
        }

        churn.End();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{churn.Operations} operations: {churn.Puts} puts, {churn.Reads} objects read and verified, {churn.Full} refused"));
    }

    private static async Task EndWithInputAsync()
    {
        await Input.ReadToEndAsync();
        Environment.Exit(0);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
