using System.Globalization;

namespace Iarnet.Hosting.Tests;

/// <summary>What the tests call in worker processes.</summary>
public static class Work
{
    public enum Colour
    {
        Red,
        Green,
    }

    public sealed record Point(int X, int Y);

    public sealed record Shape(string Name, Point[] Points, Dictionary<string, Point> Named, Colour Colour, double? Weight);

    public sealed class Ring
    {
        public Ring? Next { get; set; }
    }

    public static int Square(int x) => x * x;

    public static int Add(int x, int y) => x + y;

    public static int Sum(int[] parts) => parts.Sum();

    public static int ProcessId() => Environment.ProcessId;

    public static int ProcessIdOf(int call) => call >= 0 ? Environment.ProcessId : 0;

    public static byte[] Make(int size)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i += 4096)
        {
            bytes[i] = (byte)(i >> 12);
        }

        return bytes;
    }

    public static byte[] Reverse(byte[] bytes)
    {
        Array.Reverse(bytes);
        return bytes;
    }

    public static int Length(byte[] bytes) => bytes.Length;

    public static Shape Mirror(Shape shape) => shape with
    {
        Points = [.. shape.Points.Select(point => new Point(-point.X, point.Y))],
        Colour = Colour.Green,
        Weight = shape.Weight + 1,
    };

    public static (int Count, string Text) Both(int count, string text) => (count + 1, text + "!");

    public static string Join((int Count, string Text) both) => $"{both.Count} {both.Text}";

    public static Dictionary<string, long> Count(string text) =>
        text.Split(' ').GroupBy(word => word, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.LongCount(), StringComparer.Ordinal);

    public static double[] Scale(double[] values, double by) => [.. values.Select(value => value * by)];

    public static async Task<string> LaterAsync(string text, CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken);
        return text + " later";
    }

    public static int Throw(string text) => throw new FormatException(text);

    public static string Depend(int x) => x.ToString(CultureInfo.InvariantCulture);

    public static string DependMore(string x) => x;

    public static Func<int> Delegate() => () => 1;

    public static int TakeDelegate(Func<int> function) => function();

    public static Ring Cycle()
    {
        var ring = new Ring();
        ring.Next = ring;
        return ring;
    }

    public static string TakeRing(Ring ring) => ring.ToString()!;

    public static int Exit(int code)
    {
        Environment.Exit(code);
        return code;
    }

    /// <summary>Dies the first time, when the file is not there yet, and gives what it was given the second time.</summary>
    public static int ExitOnce(string marker, int result)
    {
        if (!File.Exists(marker))
        {
            File.WriteAllText(marker, "");
            Environment.Exit(7);
        }

        return result;
    }

    /// <summary>Says who runs it, then waits for a file, and gives the number of those who began.</summary>
    public static int WaitFor(string folder, string file)
    {
        File.WriteAllText(Path.Combine(folder, $"{Environment.ProcessId}.pid"), "");
        while (!File.Exists(Path.Combine(folder, file)))
        {
            Thread.Sleep(5);
        }

        return Directory.GetFiles(folder, "*.pid").Length;
    }

    public static async Task<int> ForeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }

    public static int Deaf()
    {
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }
}
