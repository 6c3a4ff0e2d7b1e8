using Iarnet.Bus.Components;

namespace Iarnet.Bus.Tests.Components;

public sealed class DeadlineHeapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_earliest_is_first_whatever_was_added_and_taken_out(int seed)
    {
        var random = new SeededRandom(seed);
        var heap = new DeadlineHeap();
        List<Deadline> model = [];
        for (var i = 0; i < 20_000; i++)
        {
            if (random.Next(5) < 3 && model.Count < 200)
            {
                var item = new WaitingMessage { At = random.Next(1000) };
                heap.Add(item);
                model.Add(item);
            }
            else if (model.Count > 0)
            {
                var item = random.Next(2) == 0 ? heap.First : model[random.Next(model.Count)];
                heap.Remove(item);
                heap.Remove(item);
                model.Remove(item);
                Assert.Equal(-1, item.Place);
            }

            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.Count == 0 ? long.MaxValue : model.Min(static item => item.At), heap.Earliest);
        }
    }
}
