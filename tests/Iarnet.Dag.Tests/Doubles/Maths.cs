namespace Iarnet.Dag.Tests;

internal static class Maths
{
    public static int One() => 1;

    public static int Next(int x) => x + 1;

    public static int Square(int x) => x * x;

    public static int Add(int x, int y) => x + y;

    public static long Add3(int x, long y, string z) => x + y + z.Length;

    public static int Add4(int a, int b, int c, int d) => a + b + c + d;

    public static int Sum(int[] parts) => parts.Sum();

    public static string Join(string[] parts) => string.Concat(parts);

    public static string Concat(string left, string right) => left + right;

    public static int Throw(int x) => throw new InvalidOperationException($"no {x} today");

    public static async Task<int> SquareLater(int x)
    {
        await Task.Yield();
        return x * x;
    }

    public static async Task<int> ThrowLater(int x)
    {
        await Task.Yield();
        return Throw(x);
    }

    public static async Task<int> WaitForCancellation(int x, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return x;
    }
}
