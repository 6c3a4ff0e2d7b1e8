#:package Iarnet@*
using Iarnet;

await using var iarnet = await IarnetHost.StartAsync();   // in process: no server, no container, no configuration
await using var session = iarnet.OpenSession("hello");

var a = session.Call(Maths.Square, 12);                   // DataRef<int>, at once
var b = session.Call(Maths.Square, 5);
Console.WriteLine(await session.Call(Maths.Add, a, b));   // 169

static class Maths
{
    public static int Square(int x) => x * x;

    public static int Add(int x, int y) => x + y;
}
