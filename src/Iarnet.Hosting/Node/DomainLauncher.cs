using System.Collections.Immutable;
using Iarnet.Components;
using Iarnet.Scheduling;

namespace Iarnet.Hosting.Node;

/// <summary>Joins actor groups with placement: a component is what the domain deploys.</summary>
internal sealed class DomainLauncher(DomainResourceManager domain, Task listening) : IComponentLauncher
{
    public async ValueTask<ILaunchedComponent> LaunchAsync(ComponentLaunch launch, CancellationToken cancellationToken)
    {
        // A component that starts before the bus listens would only wait itself.
        await listening.WaitAsync(cancellationToken).ConfigureAwait(false);
        var lease = await domain.DeployAsync(
            new ComponentRequest(Front(launch.Id), launch.Runtime)
            {
                Id = launch.Id,
                Resources = launch.Resources,
                Environment = launch.Environment.ToImmutableSortedDictionary(StringComparer.Ordinal),
            },
            cancellationToken).ConfigureAwait(false);
        return new LaunchedComponent(lease);
    }

    /// <summary>The readable front of an id: what stands before its random end.</summary>
    private static string Front(ComponentId id) => id.Value.LastIndexOf('-') is > 0 and var end ? id.Value[..end] : id.Value;

    private sealed class LaunchedComponent(ComponentLease lease) : ILaunchedComponent
    {
        public ComponentId Id => lease.Id;

        public Task<string> Ended { get; } = TextAsync(lease);

        public ValueTask DisposeAsync() => lease.DisposeAsync();

        private static async Task<string> TextAsync(ComponentLease lease) => (await lease.Ended.ConfigureAwait(false)).ToString();
    }
}
