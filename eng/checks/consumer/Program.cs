using Iarnet;

// A tree reduction in worker processes. Every leaf says where it ran, so that the sum alone cannot hide that nothing left this process.
await using var iarnet = await IarnetHost.StartAsync(node => node.AddProcessProvider());
await using var session = iarnet.OpenSession("consumer");

var squares = Enumerable.Range(1, 10).Select(i => session.Call(Maths.Square, i)).ToArray();
var places = Enumerable.Range(1, 40).Select(i => session.Call(Maths.Where, i)).ToArray();
var sum = await session.Reduce(squares, Maths.Add, fanIn: 4);

var processes = new HashSet<int>();
foreach (var place in places)
{
    processes.Add(await place);
}

if (processes.Remove(Environment.ProcessId))
{
    Console.WriteLine("a call ran in this process, not in a worker");
    return 1;
}

Console.WriteLine($"squares {sum} in {Math.Min(processes.Count, 2)} processes");
return 0;

internal static class Maths
{
    public static int Square(int x) => x * x;

    public static int Add(int x, int y) => x + y;

    public static int Where(int x)
    {
        Thread.Sleep(x % 5);
        return Environment.ProcessId;
    }
}
