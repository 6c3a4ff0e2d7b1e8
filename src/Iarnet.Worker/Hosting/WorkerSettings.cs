using System.Globalization;
using Iarnet.Components;

namespace Iarnet.Worker.Hosting;

/// <summary>What the worker is told by its environment.</summary>
internal sealed record WorkerSettings(
    ComponentId ComponentId,
    string Bus,
    string Store,
    int Concurrency,
    string? Lifeline,
    string? RunFolder,
    string? SegmentFolder,
    string Cache)
{
    /// <exception cref="WorkerSettingsException">A variable is missing, or is not what it should be.</exception>
    public static WorkerSettings Read(Func<string, string?> variable)
    {
        var id = Required(variable, ComponentVariables.ComponentId);
        var concurrency = variable(ComponentVariables.Concurrency);
        var calls = 1;
        if (!string.IsNullOrEmpty(concurrency) && (!int.TryParse(concurrency, NumberStyles.None, CultureInfo.InvariantCulture, out calls) || calls is < 1 or > 4096))
        {
            throw new WorkerSettingsException($"{ComponentVariables.Concurrency} is '{concurrency}': expected a number from 1 to 4096.");
        }

        try
        {
            return new WorkerSettings(
                new ComponentId(id),
                Required(variable, ComponentVariables.Bus),
                Required(variable, ComponentVariables.Store),
                calls,
                variable(ComponentVariables.Lifeline),
                variable(ComponentVariables.RunFolder),
                variable(ComponentVariables.SegmentFolder),
                variable(ComponentVariables.Cache) is { Length: > 0 } cache ? cache : DefaultCache());
        }
        catch (ArgumentException e)
        {
            throw new WorkerSettingsException($"{ComponentVariables.ComponentId}: {e.Message}");
        }
    }

    private static string Required(Func<string, string?> variable, string name) => variable(name) is { Length: > 0 } value
        ? value
        : throw new WorkerSettingsException($"The variable {name} is missing. This program is started by an Iarnet host, which sets it; it is not meant to be run by hand.");

    private static string DefaultCache() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "iarnet", "code");
}
