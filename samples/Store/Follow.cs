using System.Diagnostics;
using System.Globalization;
using System.Text;
using Iarnet.Objects;
using Iarnet.Rpc;
using Iarnet.Store;

namespace StoreSample;

/// <summary>Writes a stream that another process reads while it is written; then gets the whole of it as one object.</summary>
internal static class Follow
{
    private const int Lines = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(Options options, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("iarnet-store-").FullName;
        try
        {
            await using var store = await ObjectStore.OpenAsync(
                new ObjectStoreOptions { SegmentFolder = OperatingSystem.IsLinux() ? $"/dev/shm/iarnet-store-{Environment.ProcessId}" : null, MemoryLimit = options.MemoryLimit },
                cancellationToken: stop);
            await using var server = new RpcServer().AddService(new StoreService(store).Bind()).Listen($"unix://{folder}/store");
            await server.StartAsync(stop);

            // Once a reader is there, the writer is at most four lines ahead of it.
            await using var writer = await store.CreateStreamAsync(new StreamOptions { Codec = "text", BufferChunks = 4 }, stop);
            using var reader = Start(["read", server.Addresses[0], writer.Reference.Id.ToString()]);
            await FollowedAsync(store, writer.Reference, reader, stop);
            for (var line = 1; line <= Lines; line++)
            {
                await writer.WriteAsync(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"line {line} of {Lines}\n")), Patience, stop);
                Console.WriteLine($"writer: line {line} is written");
                await Task.Delay(options.Pause, stop);
            }

            await writer.CompleteAsync(stop);
            Console.WriteLine("writer: complete");
            await reader.WaitForExitAsync(stop);

            using var whole = await store.GetAsync(writer.Reference, stop);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"writer: as one object it has {whole.Size} bytes"));
            return reader.ExitCode;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The other process.</summary>
    public static async Task ReadAsync(Options options, CancellationToken stop)
    {
        await using var client = await StoreClient.ConnectAsync(options.Address!, new StoreClientOptions { Owner = "reader" }, cancellationToken: stop);
        await using var stream = await client.OpenStreamAsync(new ObjectRef(ObjectId.Parse(options.Stream!), client.Source), cancellationToken: stop);
        var count = 0;
        await foreach (var chunk in stream.WithCancellation(stop))
        {
            using (chunk)
            {
                count++;
                Console.WriteLine($"reader: {Encoding.UTF8.GetString(chunk.Span).TrimEnd()}");
            }
        }

        Console.WriteLine($"reader: that was all, {count} lines");
    }

    private static async Task FollowedAsync(ObjectStore store, ObjectRef stream, Process reader, CancellationToken stop)
    {
        for (var left = Patience; store.StatStream(stream)!.Readers == 0; left -= Tick)
        {
            if (reader.HasExited || left < TimeSpan.Zero)
            {
                throw new IOException("The other process does not read the stream.");
            }

            await Task.Delay(Tick, stop);
        }
    }

    /// <summary>Starts this program once more, whether it runs by its own name or through dotnet.</summary>
    private static Process Start(string[] arguments)
    {
        var program = Environment.ProcessPath!;
        return Process.Start(program, Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments);
    }
}
