using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Iarnet.Resources;

/// <summary>CPU quantities in the notation of Kubernetes: "2", "1.5" (cores) or "250m" (thousandths of a core).</summary>
public static class CpuQuantity
{
    /// <summary>A million cores: beyond it a number is a mistake.</summary>
    public const long MaxMillicores = 1_000_000_000;

    /// <summary>Reads a quantity as millicores, rounded up to a whole one.</summary>
    /// <exception cref="QuantityFormatException">The text is not such a quantity, is negative or is beyond <see cref="MaxMillicores"/>.</exception>
    public static long Parse(string text) => TryParse(text, out var millicores)
        ? millicores
        : throw new QuantityFormatException($"'{text}' is not a CPU quantity. Expected cores (\"2\", \"1.5\") or millicores (\"250m\"), from 0 to {MaxMillicores / 1000} cores.");

    /// <summary>Reads a quantity as millicores; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out long millicores)
    {
        millicores = 0;
        var span = text.AsSpan().Trim();
        if (span.IsEmpty)
        {
            return false;
        }

        var scale = 1000m;
        if (span[^1] == 'm')
        {
            span = span[..^1];
            scale = 1m;
        }

        if (!decimal.TryParse(span, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > MaxMillicores / scale)
        {
            return false;
        }

        millicores = (long)decimal.Ceiling(number * scale);
        return true;
    }

    /// <summary>Writes whole cores as "2" and everything else as "1500m".</summary>
    public static string Format(long millicores) => millicores % 1000 == 0
        ? (millicores / 1000).ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{millicores}m");
}
