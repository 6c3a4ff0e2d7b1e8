using FsCheck;
using FsCheck.Fluent;
using Iarnet.Objects;

namespace Iarnet.Store.Tests.Local;

/// <summary>Random operations against the store and against a dictionary that says what must be true after each.</summary>
public sealed class StoreModelTests
{
    private static readonly string[] Owners = ["host", "a", "b", "c"];

    [Fact]
    public void The_store_agrees_with_a_dictionary_after_every_operation()
    {
        var steps = Gen.ArrayOf(Gen.Select(Gen.Choose(0, 9), n => n).SelectMany(_ => Gen.Choose(0, 9), (kind, owner) => (kind, owner))
            .SelectMany(_ => Gen.Choose(0, int.MaxValue - 1), (step, pick) => new Step(step.kind, Owners[step.owner % Owners.Length], pick)), 120);

        // A failing run prints its seed and the shrunken steps: Config.WithReplay has it again.
        Prop.ForAll(steps.ToArbitrary(), run => Play(run).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static async Task<bool> Play(Step[] steps)
    {
        using var folder = new TemporaryFolder();
        await using var store = await ObjectStore.OpenAsync(new ObjectStoreOptions { SegmentFolder = folder.Path, IdleBytes = 100_000 });
        var model = new Dictionary<ObjectRef, (byte[] Bytes, Dictionary<string, int> Owners)>();
        var leases = new List<(ObjectLease Lease, byte[] Bytes)>();
        var known = new List<ObjectRef>();
        try
        {
            foreach (var step in steps)
            {
                var target = known.Count == 0 ? new ObjectRef(ObjectId.New(), store.Source) : known[step.Pick % known.Count];
                switch (step.Kind)
                {
                    case 0 or 1 or 2:
                        var bytes = Data.Bytes(step.Pick % 12_000, step.Pick);
                        var put = await store.PutAsync(bytes, CodecNames.Raw, step.Owner);
                        known.Add(put);
                        model.Add(put, (bytes, new() { [step.Owner] = 1 }));
                        break;
                    case 3:
                        await store.PutAsync(new byte[step.Pick % 9_000], CodecNames.Raw, step.Owner, target.Id);
                        known.Add(target);
                        if (!model.TryGetValue(target, out var there))
                        {
                            model.Add(target, there = (new byte[step.Pick % 9_000], []));
                        }

                        there.Owners[step.Owner] = there.Owners.GetValueOrDefault(step.Owner) + 1;
                        break;
                    case 4:
                        store.Release(target, step.Owner);
                        Take(model, target, step.Owner);
                        break;
                    case 5 when model.TryGetValue(target, out var expected):
                        leases.Add((await store.GetAsync(target), expected.Bytes));
                        break;
                    case 5:
                        await Assert.ThrowsAsync<ObjectNotFoundException>(() => store.GetAsync(target).AsTask());
                        break;
                    case 6 or 7 when leases.Count > 0:
                        var at = step.Pick % leases.Count;
                        leases[at].Lease.Dispose();
                        leases.RemoveAt(at);
                        break;
                    case 8:
                        var from = Owners[step.Pick % Owners.Length];
                        var moved = store.Adopt(target, step.Owner, from);
                        Assert.Equal(model.TryGetValue(target, out var adopted) && adopted.Owners.ContainsKey(from), moved);
                        if (moved)
                        {
                            adopted.Owners[step.Owner] = adopted.Owners.GetValueOrDefault(step.Owner) + 1;
                            Take(model, target, from);
                        }

                        break;
                    case 9 when step.Pick % 4 == 0:
                        store.ReleaseOwner(step.Owner);
                        foreach (var reference in model.Keys.ToList())
                        {
                            while (Take(model, reference, step.Owner))
                            {
                            }
                        }

                        break;
                }

                Compare(store, model, leases);
                await store.CheckIntegrityAsync();
            }
        }
        finally
        {
            leases.ForEach(l => l.Lease.Dispose());
        }

        foreach (var owner in Owners)
        {
            store.ReleaseOwner(owner);
        }

        var end = store.Statistics;
        Assert.Equal((0L, 0L, 0L), (end.Objects, end.Leases, end.Bytes));
        await store.CheckIntegrityAsync();
        return true;
    }

    private static bool Take(Dictionary<ObjectRef, (byte[] Bytes, Dictionary<string, int> Owners)> model, ObjectRef reference, string owner)
    {
        if (!model.TryGetValue(reference, out var item) || !item.Owners.TryGetValue(owner, out var count))
        {
            return false;
        }

        item.Owners[owner] = count - 1;
        if (count == 1)
        {
            item.Owners.Remove(owner);
        }

        if (item.Owners.Count == 0)
        {
            model.Remove(reference);
        }

        return true;
    }

    private static void Compare(ObjectStore store, Dictionary<ObjectRef, (byte[] Bytes, Dictionary<string, int> Owners)> model, List<(ObjectLease Lease, byte[] Bytes)> leases)
    {
        Assert.Equal((model.Count, leases.Count), (store.Statistics.Objects, store.Statistics.Leases));
        foreach (var (reference, (bytes, owners)) in model)
        {
            var info = store.Stat(reference)!;
            Assert.Equal((bytes.Length, owners.Values.Sum()), (info.Size, info.References));
        }

        foreach (var (lease, bytes) in leases)
        {
            Assert.True(lease.Span.SequenceEqual(bytes), $"the bytes of {lease.Reference} changed under a lease");
        }
    }

    public sealed record Step(int Kind, string Owner, int Pick);
}
