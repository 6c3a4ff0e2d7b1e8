using System.Globalization;

namespace Iarnet.Rpc;

/// <summary>The header "grpc-timeout": at most 8 digits and a unit (H, M, S, m, u, n), as in the gRPC over HTTP/2 specification.</summary>
internal static class GrpcTimeout
{
    private const long MaxDigits = 99_999_999;

    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond), ('m', TimeSpan.TicksPerMillisecond), ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute), ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>The finest unit in which the time fits, rounded up: a deadline is never sent shorter than it is.</summary>
    public static string Format(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, TimeSpan.TicksPerMicrosecond);
        foreach (var (unit, size) in Units)
        {
            var value = (ticks / size) + (ticks % size == 0 ? 0 : 1);
            if (value <= MaxDigits)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
            }
        }

        return $"{MaxDigits}H";
    }

    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is not { Length: >= 2 and <= 9 } || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        if (text[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks((value + 99) / 100);
            return true;
        }

        foreach (var (unit, size) in Units)
        {
            if (unit == text[^1])
            {
                // 99,999,999 hours do not fit in a TimeSpan: such a deadline is no deadline.
                timeout = value > TimeSpan.MaxValue.Ticks / size ? TimeSpan.MaxValue : TimeSpan.FromTicks(value * size);
                return true;
            }
        }

        return false;
    }
}
