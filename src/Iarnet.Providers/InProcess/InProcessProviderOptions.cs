using Iarnet.Resources;

namespace Iarnet.Providers;

/// <summary>What an <see cref="InProcessProvider"/> runs. Read once, by the constructor.</summary>
public sealed class InProcessProviderOptions
{
    /// <summary>The name of the provider. "in-process" by default.</summary>
    public string Id { get; set; } = "in-process";

    /// <summary>Labels that components may ask for. Empty by default.</summary>
    public ICollection<string> Tags { get; } = new List<string>();

    /// <summary>
    /// What runs a component, by runtime name. Empty by default. The task is the component: it lives until the task ends, and its token is
    /// cancelled when it is undeployed. A task that fails is a component that died.
    /// </summary>
    public IDictionary<string, Func<ComponentSpec, CancellationToken, Task>> Runtimes { get; } =
        new Dictionary<string, Func<ComponentSpec, CancellationToken, Task>>(StringComparer.Ordinal);

    /// <summary>What may be promised to components. By default null: the processors and the memory that .NET may use, no GPU.</summary>
    public ResourceAmounts? Capacity { get; set; }

    /// <summary>How long a component may take to end after its token was cancelled. A task cannot be killed: undeploying fails after that. 5 seconds by default.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(5);
}
