using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Iarnet.Providers.Tests.Gpus;

public sealed class GpuPoolTests
{
    [Fact]
    public void A_device_is_never_with_two_and_comes_back_when_returned()
    {
        var pool = new GpuPool(["0", "1", "2"]);
        Assert.True(pool.TryTake(2, out var first));
        Assert.Equal(["0", "1"], first.AsEnumerable());
        Assert.False(pool.TryTake(2, out _));
        Assert.True(pool.TryTake(1, out var second));
        Assert.Equal(["2"], second.AsEnumerable());
        pool.Return(first);
        Assert.True(pool.TryTake(1, out var third));
        Assert.Equal(["0"], third.AsEnumerable());
    }

    [Fact]
    public void In_any_order_of_taking_and_returning_devices_are_held_once() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true), Prop.ForAll<int[]>(steps =>
        {
            var pool = new GpuPool(["0", "1", "2", "3"]);
            var held = new List<ImmutableArray<string>>();
            foreach (var step in steps)
            {
                if (step >= 0 && pool.TryTake(step % 5, out var taken))
                {
                    Assert.Equal(step % 5, taken.Length);
                    held.Add(taken);
                }
                else if (step < 0 && held.Count > 0)
                {
                    var index = -(step + 1) % held.Count;
                    pool.Return(held[index]);
                    held.RemoveAt(index);
                }

                var all = held.SelectMany(h => h).ToArray();
                Assert.Equal(all.Length, all.Distinct().Count());
            }

            var free = 4 - held.Sum(h => h.Length);
            return pool.TryTake(free, out _) && !pool.TryTake(1, out _);
        }));
}
