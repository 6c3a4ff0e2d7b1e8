using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Iarnet.Rpc;

/// <summary>Serves gRPC from an ASP.NET Core application of one's own.</summary>
public static class RpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the methods of a service. The endpoints must speak HTTP/2; Kestrel's own limits apply besides those given here.
    /// </summary>
    public static IEndpointConventionBuilder MapRpcService(this IEndpointRouteBuilder endpoints, ServerServiceDefinition service, RpcServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(service);
        var handlers = new HandlerTable(options ?? new RpcServerOptions());
        service.BindService(handlers);
        var stopping = endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        var group = endpoints.MapGroup("");
        foreach (var handler in handlers.Handlers)
        {
            group.MapPost(handler.Method.FullName, (RequestDelegate)(http => handler.HandleAsync(http, stopping)));
        }

        return group;
    }
}
