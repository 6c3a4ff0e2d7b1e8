using Iarnet.Objects;
using Xunit.Abstractions;

namespace Iarnet.Store.Tests.Faults;

/// <summary>Clients that are killed: what they had put is there, whole and once; what they had open is taken back.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 1, 30_000, 400)]
    [InlineData(2, 1, 30_000, 1500)]
    [InlineData(3, 1, 300, 3000)]
    [InlineData(4, 40_000, 400_000, 150)]
    [InlineData(5, 64 << 20, 64 << 20, 3)]
    [InlineData(6, 64 << 20, 64 << 20, 4)]
    public async Task A_writer_that_is_killed_in_the_middle_of_its_puts_leaves_what_it_was_told_is_put_and_nothing_else(int seed, int least, int most, int puts)
    {
        await using var served = await ServedStore.StartAsync(configure: o => o.MemoryLimit = 512 << 20);
        await using var client = await served.ConnectAsync("reader");
        await using var writer = OtherProcess.Start("write", served.Address, "writer", seed, least, most);
        var random = new SeededRandom(seed);
        var last = -1;
        var read = 0;
        while (last < puts)
        {
            last = int.Parse(await writer.ReadAsync(), System.Globalization.CultureInfo.InvariantCulture);
            read += Look(last) + Look(last + 1) + Look(random.Next(last + 1));
        }

        // At some moment of the next puts, which may be there by then.
        await Task.Delay(random.Next(most > 1 << 20 ? 200 : 3));
        var killing = writer.KillAsync();
        while (!killing.IsCompleted)
        {
            read += Look(last + 1);
            await Task.Yield();
        }

        await killing;
        while (await writer.TryReadAsync() is { Length: > 0 } line && int.TryParse(line, out var number))
        {
            last = number;
        }

        await served.Until(s => served.Store.Readers.All(r => r.Owner != "writer") && s is { Unfinished: 0, Leases: 0 }, "what the killed writer had open to be taken back");
        await served.Store.CheckIntegrityAsync().Within();
        var gone = most > 1 << 20 ? Math.Max(0, last - 1) : 0;
        for (var number = gone; number <= last; number++)
        {
            var info = served.Store.Stat(Reference(number));
            Assert.True(info is not null || (most > 1 << 20 && number < last), $"the object {number} of {last} was put and is not there");
            Assert.True(info is null or { References: 1 }, $"the object {number} has {info?.References} references");
            read += info is null ? 0 : Look(number);
        }

        // One may have been published of which nobody was told.
        Assert.InRange(served.Store.Statistics.Objects, last - gone, last - gone + 2);
        Assert.DoesNotContain(served.Segments.Files, f => f == "session-2");
        output.WriteLine($"seed {seed}: killed after {last + 1} puts of {least} to {most} bytes; {read} times read and verified; {served.Store.Statistics.Objects} objects left, {last - gone + 1} expected");
        served.Store.ReleaseOwner("writer");
        await served.Store.Empty();

        ObjectRef Reference(int number) => new(Pattern.Id(seed, number), client.Source);

        int Look(int number)
        {
            var id = Pattern.Id(seed, number);
            if (client.TryGet(Reference(number), out var view))
            {
                using (view)
                {
                    Pattern.Verify(id, view.Span, Pattern.Size(id, least, most));
                    return 1;
                }
            }

            return 0;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_reader_that_is_killed_with_leases_pins_nothing(int seed)
    {
        await using var served = await ServedStore.StartAsync();
        await using var other = OtherProcess.Start("hold", served.Address, "other", await PutAsync(served, seed, 100));
        var ids = new List<ObjectRef>();
        for (var i = 0; i < 300; i++)
        {
            ids.Add(new ObjectRef(ObjectId.Parse(await PutAsync(served, seed, i)), served.Store.Source));
        }

        await using var reader = OtherProcess.Start(["hold", served.Address, "reader", .. ids.Select(static r => (object)r.Id)]);
        Assert.Equal("whole 300", await reader.ReadAsync());
        Assert.Equal("whole 1", await other.ReadAsync());
        ids.ForEach(r => served.Store.Release(r));
        served.Store.ReleaseOwner("host");
        Assert.Equal((0, 301), (served.Store.Statistics.Objects, served.Store.Statistics.Leases));
        Assert.Equal("whole 300", await reader.AskAsync("look"));

        await reader.KillAsync();

        await served.Until(s => s.Leases == 1, "the leases of the killed reader to end");
        Assert.Equal("whole 1", await other.AskAsync("look"));
        await other.EndAsync();
        await served.Until(s => s is { Leases: 0, Bytes: 0 }, "the memory to be free");
        output.WriteLine($"seed {seed}: 300 leases of a killed reader taken back, one of another kept");
        await served.Store.Empty();
    }

    private static async Task<string> PutAsync(ServedStore served, int seed, int number)
    {
        var id = Pattern.Id(seed, number);
        await served.Store.PutAsync(Pattern.Bytes(id, Pattern.Size(id, 1, 100_000)), CodecNames.Raw, id).Within();
        return id.ToString();
    }
}
