using Microsoft.Extensions.Hosting;

namespace Iarnet.Rpc;

/// <summary>A life that nobody but the owner ends.</summary>
internal sealed class SilentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
