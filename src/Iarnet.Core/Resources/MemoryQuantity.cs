using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Iarnet.Resources;

/// <summary>Byte quantities in the notation of Kubernetes: plain bytes, "512Mi" (powers of 1024) or "2G" (powers of 1000).</summary>
public static class MemoryQuantity
{
    private static readonly (string Suffix, decimal Scale)[] Units =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("k", 1e3m), ("K", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    /// <summary>Reads a quantity as bytes, rounded up to a whole one.</summary>
    /// <exception cref="QuantityFormatException">The text is not such a quantity, is negative or does not fit in 63 bits.</exception>
    public static long Parse(string text) => TryParse(text, out var bytes)
        ? bytes
        : throw new QuantityFormatException($"'{text}' is not a memory quantity. Expected bytes (\"1048576\"), a binary size (\"512Mi\") or a decimal size (\"2G\"), below 8Ei.");

    /// <summary>Reads a quantity as bytes; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out long bytes)
    {
        bytes = 0;
        var span = text.AsSpan().Trim();
        var scale = 1m;
        foreach (var (suffix, unit) in Units)
        {
            if (span.EndsWith(suffix, StringComparison.Ordinal))
            {
                span = span[..^suffix.Length];
                scale = unit;
                break;
            }
        }

        if (!decimal.TryParse(span, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue / scale)
        {
            return false;
        }

        var rounded = decimal.Ceiling(number * scale);
        if (rounded > long.MaxValue)
        {
            return false;
        }

        bytes = (long)rounded;
        return true;
    }

    /// <summary>Writes the largest binary unit that divides the number without a rest: "512Mi", "1536Ki", "1000".</summary>
    public static string Format(long bytes)
    {
        for (var i = 5; i >= 0; i--)
        {
            var unit = (long)Units[i].Scale;
            if (bytes != 0 && bytes % unit == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{Units[i].Suffix}");
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
