using Iarnet.Providers;
using Iarnet.Resources;

namespace Iarnet.Scheduling;

/// <summary>A component in the book of the domain. Written by the manager's loop only; the completion sources may be awaited anywhere.</summary>
internal sealed class ComponentEntry(ComponentId id, ComponentRequest request, ProviderEntry provider)
{
    public ComponentId Id { get; } = id;

    public ComponentRequest Request { get; } = request;

    public ProviderEntry Provider { get; } = provider;

    public ResourceAmounts Amounts => Request.Resources.Amounts;

    public ComponentState State { get; private set; } = ComponentState.Reserved;

    /// <summary>The number of the commit that made it run: tells a report about the provider that has counted it from one that may not.</summary>
    public long CommitNumber { get; set; } = long.MaxValue;

    /// <summary>Whether its amounts are missing from what the book says to be available.</summary>
    public bool IsHeld { get; set; }

    public bool IsBeingRemoved { get; set; }

    /// <summary>The provider's answer to the deployment, which may outlive the patience of the one who asked for it.</summary>
    public Task Deployment { get; set; } = Task.CompletedTask;

    public TaskCompletionSource<ComponentExit> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Removed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ComponentSpec Spec => new(Id, Request.Runtime)
    {
        Resources = Request.Resources,
        Environment = Request.Environment,
        Labels = Request.Labels,
    };

    public void MoveTo(ComponentState next)
    {
        if (!ComponentTransitions.IsLegal(State, next))
        {
            throw new InvalidOperationException($"Component '{Id}' cannot go from {State} to {next}.");
        }

        State = next;
    }
}
