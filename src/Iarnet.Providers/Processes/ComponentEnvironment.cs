using System.Collections;
using System.Globalization;

namespace Iarnet.Providers;

/// <summary>Composes the environment of a component, later layers winning: the host's chosen variables, the runtime, the spec, and what the provider decides.</summary>
internal sealed class ComponentEnvironment(IEnumerable<string> inherited)
{
    private readonly string[] _inherited = [.. inherited];

    public void Fill(IDictionary<string, string?> environment, ComponentSpec spec, ProcessRuntime runtime, string? gpus)
    {
        environment.Clear();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && IsInherited(name))
            {
                environment[name] = value;
            }
        }

        if (runtime.LimitsDotNetHeap && spec.Resources.Amounts.MemoryBytes > 0)
        {
            // .NET reads the numbers of its own settings as hexadecimal.
            environment["DOTNET_GCHeapHardLimit"] = spec.Resources.Amounts.MemoryBytes.ToString("x", CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in runtime.Environment.Concat(spec.Environment))
        {
            environment[name] = value;
        }

        if (gpus is not null)
        {
            environment["CUDA_VISIBLE_DEVICES"] = gpus;
        }

        environment["IARNET_COMPONENT_ID"] = spec.Id.Value;
        environment["IARNET_LIFELINE"] = "stdin";
    }

    private bool IsInherited(string name)
    {
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        foreach (var pattern in _inherited)
        {
            if (pattern.EndsWith('*') ? name.AsSpan().StartsWith(pattern.AsSpan(..^1), comparison) : name.Equals(pattern, comparison))
            {
                return true;
            }
        }

        return false;
    }
}
