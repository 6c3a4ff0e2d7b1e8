using Microsoft.Extensions.Hosting;

namespace Iarnet.Hosting.Node;

/// <summary>Starts the node before any other hosted service and ends it after all of them.</summary>
internal sealed class NodeService(IarnetNode node) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => node.StartAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken) => await node.DisposeAsync().ConfigureAwait(false);
}
