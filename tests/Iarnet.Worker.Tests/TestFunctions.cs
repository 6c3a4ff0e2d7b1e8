using Iarnet.Worker.Tests.Harness;

namespace Iarnet.Worker.Tests;

/// <summary>What the tests run in worker processes.</summary>
public static class TestFunctions
{
    private static int _counter;

    public sealed record Point(int X, int Y);

    public static int Square(int x) => x * x;

    public static string Describe(int x) => $"int {x}";

    public static string Describe(string x) => $"string {x}";

    public static string Describe(Point x) => $"point {x.X},{x.Y}";

    public static string Describe(List<Point> x) => $"points {x.Count}";

    public static Point Move(Point point, int dx, int dy) => point with { X = point.X + dx, Y = point.Y + dy };

    public static int Sum(params int[] parts) => parts.Sum();

    public static string Six(int a, string b, double c, bool d, Point e, long f) => $"{a} {b} {c} {d} {e} {f}";

    public static async Task<int> LaterAsync(int x)
    {
        await Task.Yield();
        return x + 1;
    }

    public static async Task NothingLaterAsync() => await Task.Yield();

    public static async ValueTask<string> ValueLaterAsync(string x)
    {
        await Task.Yield();
        return x + "!";
    }

    public static void Nothing()
    {
    }

    public static int Count() => Interlocked.Increment(ref _counter);

    public static int Throw(string text) => throw new FormatException(text, new InvalidOperationException("the cause"));

    public static async Task<int> ThrowLaterAsync(string text)
    {
        await Task.Yield();
        throw new FormatException(text);
    }

    public static object Unencodable() => new Func<int>(() => 1);

    public static byte[] Reverse(byte[] bytes)
    {
        Array.Reverse(bytes);
        return bytes;
    }

    public static long SumOf(ReadOnlyMemory<byte> bytes)
    {
        long sum = 0;
        foreach (var b in bytes.Span)
        {
            sum += b;
        }

        return sum;
    }

    public static byte[] Make(int size) => new byte[size];

    public static string WhereAmI() => $"{Environment.ProcessId} {Environment.CurrentDirectory} {typeof(TestFunctions).Assembly.Location}";

    public static string Print(string text)
    {
        Console.WriteLine(text);
        return Console.In.ReadToEnd();
    }

    public static int Meet(string mine, string other)
    {
        Signal.Reach(mine);
        Signal.Hold(other);
        return 1;
    }

    public static int Wait(string reached, string until, CancellationToken cancellation)
    {
        Signal.Reach(reached);
        Signal.Spin(until, cancellation);
        return 1;
    }

    public static void Exit(int code) => Environment.Exit(code);

    public static SlowToEncode Answer(string reached, string until) => new(reached, until);

    public static int HoldBytes(ReadOnlyMemory<byte> bytes, string reached, string until)
    {
        Signal.Reach(reached);
        Signal.Hold(until);
        return bytes.Length;
    }
}
