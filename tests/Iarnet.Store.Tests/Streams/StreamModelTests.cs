using FsCheck;
using FsCheck.Fluent;
using Iarnet.Objects;

namespace Iarnet.Store.Tests.Streams;

/// <summary>Random operations against a stream, and against lists that say what must be true after each.</summary>
public sealed class StreamModelTests
{
    private const int BufferChunks = 6;
    private const int BufferBytes = 2000;

    [Fact]
    public void A_stream_agrees_with_lists_after_every_operation()
    {
        var step = Gen.Choose(0, 99).SelectMany(_ => Gen.Choose(0, int.MaxValue - 1), (kind, pick) => new Step(kind, pick));

        // A failing run prints its seed and the shrunken steps: Config.WithReplay has it again.
        Prop.ForAll(Gen.ArrayOf(step, 150).ToArbitrary(), run => Play(run).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(5, false)]
    public async Task Readers_that_come_and_go_while_it_is_written_each_see_a_part_without_a_gap(int seed, bool retain)
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 32 << 20 });
        await using var writer = await store.CreateStreamAsync(new StreamOptions { Retain = retain, BufferChunks = BufferChunks, BufferBytes = BufferBytes }).Within();
        const int Count = 3000;
        var anchor = await store.OpenStreamAsync(writer.Reference).Within();
        var readers = Enumerable.Range(0, 6).Select(i => Task.Run(() => Come(store, writer.Reference, new SeededRandom((seed * 100) + i)))).ToArray();
        var whole = Task.Run(() => Follow(anchor, Count));
        var random = new SeededRandom(seed);
        for (var i = 0; i < Count;)
        {
            var batch = Enumerable.Range(i, Math.Min(1 + random.Next(12), Count - i)).Select(n => (ReadOnlyMemory<byte>)Chunk(n)).ToArray();
            await writer.WriteManyAsync(batch).Within();
            i += batch.Length;
        }

        await writer.CompleteAsync().Within();
        await whole.Within();
        await Task.WhenAll(readers).Within();
        var info = store.StatStream(writer.Reference)!;
        Assert.Equal((Count, 0, retain ? 0 : Count), (info.Next, info.Readers, info.First));
        await store.CheckIntegrityAsync();
        store.Release(writer.Reference);
        Assert.Equal((0, 0, 0), (store.Statistics.Objects, store.Statistics.Leases, store.Statistics.Bytes));
    }

    private static byte[] Chunk(int number)
    {
        var bytes = new byte[4 + (number * 7919 % 300)];
        BitConverter.TryWriteBytes(bytes, number);
        return bytes;
    }

    private static async Task Follow(ObjectStreamReader reader, int count)
    {
        await using (reader)
        {
            for (var i = 0; i < count; i++)
            {
                using var chunk = await reader.ReadAsync().Within();
                Assert.Equal(Chunk(i), chunk!.Span.ToArray());
            }

            Assert.Null(await reader.ReadAsync().Within());
        }
    }

    private static async Task Come(ObjectStore store, ObjectRef reference, SeededRandom random)
    {
        for (var times = 0; times < 40; times++)
        {
            await using var reader = await store.OpenStreamAsync(reference, new StreamReadOptions { FromEnd = random.Next(2) == 0 }).Within();
            for (var left = random.Next(100); left > 0; left--)
            {
                var position = reader.Position;
                using var chunk = await reader.ReadAsync().Within();
                if (chunk is null)
                {
                    return;
                }

                Assert.Equal(Chunk((int)position), chunk.Span.ToArray());
            }
        }
    }

    private static async Task<bool> Play(Step[] steps)
    {
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { MemoryLimit = 8 << 20 });
        var retain = steps.Length > 0 && steps[0].Pick % 2 == 0;
        await using var writer = await store.CreateStreamAsync(new StreamOptions { Retain = retain, BufferChunks = BufferChunks, BufferBytes = BufferBytes });
        var model = new StreamModel(retain, BufferChunks, BufferBytes);
        var readers = new List<ObjectStreamReader>();
        foreach (var step in steps)
        {
            var at = readers.Count == 0 ? 0 : step.Pick % readers.Count;
            switch (step.Kind)
            {
                case < 35:
                    var bytes = Data.Bytes(step.Pick % 700, step.Pick);
                    await Same(model.Write(bytes), () => writer.WriteAsync(bytes, TimeSpan.Zero).AsTask());
                    break;
                case < 40:
                    var many = Enumerable.Range(0, step.Pick % 5).Select(i => Data.Bytes(step.Pick % 90, step.Pick + i)).TakeWhile(b => model.HasRoom(b.Length) && model.Write(b) is null).ToArray();
                    await writer.WriteManyAsync([.. many.Select(b => (ReadOnlyMemory<byte>)b)]);
                    break;
                case < 50 when readers.Count < 5:
                    long? from = step.Pick % 3 == 0 ? step.Pick % 20 : null;
                    var fromEnd = step.Pick % 3 == 1;
                    ObjectStreamReader? opened = null;
                    await Same(model.Attach(from, fromEnd), async () => opened = await store.OpenStreamAsync(writer.Reference, new StreamReadOptions { From = from, FromEnd = fromEnd }));
                    readers.AddRange(opened is null ? [] : [opened]);
                    break;
                case < 55 when readers.Count > 0:
                    await readers[at].DisposeAsync();
                    readers.RemoveAt(at);
                    model.Detach(at);
                    break;
                case < 85 when readers.Count > 0:
                    var (error, expected) = model.Read(at);
                    await Same(error, async () => Equal(expected, await readers[at].ReadAsync(TimeSpan.Zero)));
                    break;
                case < 92 when readers.Count > 0:
                    var offset = step.Pick % 40;
                    var (wrong, chunk) = model.Look(offset);
                    await Same(wrong, async () => Equal(chunk, await readers[at].GetChunkAsync(offset, TimeSpan.Zero)));
                    break;
                case 97:
                    await Same(model.End(StreamState.Completed), () => writer.CompleteAsync().AsTask());
                    break;
                case 98:
                    await Same(model.End(StreamState.Failed), () => writer.FailAsync("no more").AsTask());
                    break;
                case 99 when retain && model.State == StreamState.Completed:
                    using (var whole = await store.GetAsync(writer.Reference))
                    {
                        Assert.Equal(model.All.SelectMany(b => b), whole.Span.ToArray());
                    }

                    break;
            }

            var info = store.StatStream(writer.Reference)!;
            Assert.Equal((model.State, model.First, model.All.Count, readers.Count), (info.State, info.First, (int)info.Next, info.Readers));
            Assert.Equal(readers.Select(r => r.Position), model.Positions);
        }

        await store.CheckIntegrityAsync();
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }

        store.Release(writer.Reference);
        Assert.Equal((0, 0, 0), (store.Statistics.Objects, store.Statistics.Leases, store.Statistics.Bytes));
        return true;
    }

    private static async Task Same(Type? error, Func<Task> act)
    {
        if (error is null)
        {
            await act();
        }
        else
        {
            await Assert.ThrowsAsync(error, act);
        }
    }

    private static void Equal(byte[]? expected, ObjectLease? actual)
    {
        using (actual)
        {
            Assert.Equal(expected, actual?.Span.ToArray());
        }
    }

    private sealed record Step(int Kind, int Pick);
}
