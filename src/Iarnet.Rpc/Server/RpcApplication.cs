using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Iarnet.Rpc;

/// <summary>What Kestrel calls for each request: no middleware, no routing, contexts used again with their streams.</summary>
internal sealed class RpcApplication(HandlerTable handlers, CancellationToken stopping) : IHttpApplication<DefaultHttpContext>
{
    private volatile bool _isRefusing;

    /// <summary>From now on calls are refused.</summary>
    public void Refuse() => _isRefusing = true;

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        if (container.HostContext is { } used)
        {
            used.Initialize(contextFeatures);
            return used;
        }

        return container.HostContext = new DefaultHttpContext(contextFeatures);
    }

    public Task ProcessRequestAsync(DefaultHttpContext context)
    {
        if (!_isRefusing)
        {
            return handlers.HandleAsync(context, stopping);
        }

        HandlerTable.RefuseStopping(context);
        return Task.CompletedTask;
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
