using Iarnet.Providers;
using Iarnet.Resources;

namespace Iarnet.Scheduling;

/// <summary>A provider in the book of the domain. Written by the manager's loop only.</summary>
internal sealed class ProviderEntry(IProvider provider)
{
    public IProvider Provider { get; } = provider;

    public ProviderState State { get; set; } = ProviderState.Connecting;

    public string Note { get; set; } = "the first attempt to connect is not over";

    public ResourceAmounts Total { get; set; }

    /// <summary>By the last report, less what was reserved since, plus what ended since.</summary>
    public ResourceAmounts Available { get; set; }

    public Task? Refreshing { get; set; }

    /// <summary>Completes with the first attempt to connect, whatever became of it.</summary>
    public TaskCompletionSource FirstAttempt { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProviderView View => new(
        Provider.Id, Provider.Kind, State, new ResourceCapacity(Total, Total - Available), Provider.Tags, Provider.Runtimes, Note);
}
