using System.Globalization;

namespace Iarnet.Providers;

/// <summary>Refuses options that cannot work, all of them in one text.</summary>
internal static class ProcessProviderOptionsCheck
{
    public static void Validate(ProcessProviderOptions options)
    {
        var wrong = new List<string>();
        Check(wrong, !string.IsNullOrWhiteSpace(options.Id), "Id must not be empty");
        Check(wrong, options.CpuOvercommit is >= 0.1 and <= 1000, string.Create(CultureInfo.InvariantCulture, $"CpuOvercommit is {options.CpuOvercommit}; expected 0.1 to 1000"));
        Check(wrong, options.Capacity is not { } capacity || !ResourceLedger.IsNegative(capacity), $"Capacity ({options.Capacity}) has a negative kind");
        Check(wrong, IsWait(options.StopGrace), $"StopGrace is {options.StopGrace}; expected zero to one day");
        Check(wrong, IsWait(options.KillLimit), $"KillLimit is {options.KillLimit}; expected zero to one day");
        Check(wrong, IsWait(options.OutputDrainLimit), $"OutputDrainLimit is {options.OutputDrainLimit}; expected zero to one day");
        Check(wrong, options.OutputLineLimit is >= 16 and <= 1_048_576, $"OutputLineLimit is {options.OutputLineLimit}; expected 16 to 1,048,576 bytes");
        Check(wrong, options.ErrorTailLines is >= 0 and <= 10_000, $"ErrorTailLines is {options.ErrorTailLines}; expected 0 to 10,000");
        foreach (var (name, runtime) in options.Runtimes)
        {
            Check(wrong, !string.IsNullOrWhiteSpace(name), "a runtime has an empty name");
            Check(wrong, !string.IsNullOrWhiteSpace(runtime.FileName), $"runtime '{name}' names no program");
        }

        if (wrong.Count > 0)
        {
            throw new ArgumentException($"ProcessProviderOptions cannot be used: {string.Join("; ", wrong)}.", nameof(options));
        }
    }

    private static bool IsWait(TimeSpan wait) => wait >= TimeSpan.Zero && wait <= TimeSpan.FromDays(1);

    private static void Check(List<string> wrong, bool right, string text)
    {
        if (!right)
        {
            wrong.Add(text);
        }
    }
}
