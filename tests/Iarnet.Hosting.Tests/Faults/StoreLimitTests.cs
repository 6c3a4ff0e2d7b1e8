using Iarnet.Hosting.Tests.Harness;

namespace Iarnet.Hosting.Tests.Faults;

public sealed class StoreLimitTests
{
    private const int Limit = 32 << 20;

    [Fact]
    public async Task A_result_and_an_argument_over_the_limit_of_the_store_fail_typed_and_later_calls_work()
    {
        await using var host = await TestHost.StartAsync(options: options => options.StoreMemoryLimit = Limit);
        await using var session = host.OpenSession();

        var result = await session.Call(Work.Make, 2 * Limit).Failure("a result over the limit");
        var argument = await session.Call(Work.Length, new byte[2 * Limit]).Failure("an argument over the limit");

        Assert.All([result, argument], failure => Assert.Contains("MemoryLimit", failure.Message, StringComparison.Ordinal));
        Assert.All([result, argument], AssertStoreFull);
        Assert.Equal(1 << 20, await session.Call(Work.Length, session.Call(Work.Make, 1 << 20)).Within("a call after the fault"));
    }

    [RootFact]
    public async Task A_full_shared_memory_fails_typed_and_works_again_when_there_is_room()
    {
        using var folders = new NodeFolders();
        folders.Segments = folders.Named("shm");
        using var disk = SmallDisk.Mount(folders.Segments, "size=12m");
        await using (var host = await TestHost.StartAsync(folders: folders))
        {
            await using (var greedy = host.OpenSession())
            {
                var held = Enumerable.Range(0, 5).Select(_ => greedy.Call(Work.Make, 3 << 20)).ToArray();
                var failures = new List<Exception?>();
                foreach (var call in held)
                {
                    failures.Add(await Record.ExceptionAsync(() => call.Within("a result that may find no room")));
                }

                Assert.Contains(failures, failure => failure is null);
                Assert.Contains(failures, failure => failure is not null);
                Assert.All(failures.OfType<Exception>(), AssertStoreFull);
            }

            await using var session = host.OpenSession();
            Assert.Equal(3 << 20, await session.Call(Work.Length, session.Call(Work.Make, 3 << 20)).Within("a call when there is room again"));
        }

        folders.AssertEmpty();
    }

    [RootFact]
    public async Task A_full_disk_for_code_fails_the_calls_with_the_reason()
    {
        using var folders = new NodeFolders();
        using var disk = SmallDisk.Mount(folders.Cache, "size=4k");
        await using (var host = await TestHost.StartAsync(folders: folders))
        {
            await using var session = host.OpenSession();

            var failure = await session.Call(Work.Square, 1).Failure("a function whose code has no room");

            Assert.IsType<IarnetException>(failure, exactMatch: false);
            Assert.Contains("No space left on device", failure.Message, StringComparison.Ordinal);
        }

        folders.AssertEmpty();
    }

    [RootFact]
    public async Task A_full_disk_for_sockets_fails_the_start_with_the_folder()
    {
        using var folders = new NodeFolders();
        using var disk = SmallDisk.Mount(folders.Run, "nr_inodes=2");

        var failure = await Assert.ThrowsAsync<IarnetException>(() => TestHost.StartAsync(folders: folders));

        Assert.Contains(folders.Run, failure.Message, StringComparison.Ordinal);
        folders.AssertEmpty();
    }

    private static void AssertStoreFull(Exception failure) =>
        Assert.Equal("Iarnet.StoreFullException", Assert.IsType<FunctionFailedException>(failure).Error.Type);
}
