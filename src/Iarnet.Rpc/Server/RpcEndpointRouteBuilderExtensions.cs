using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Iarnet.Rpc;

/// <summary>Serves gRPC from an ASP.NET Core application of one's own.</summary>
public static class RpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the methods of a service. The endpoints must speak HTTP/2; Kestrel's own limits apply, and of the options only those of
    /// messages, errors and the clock. When the application stops, the tokens of running calls are cancelled and its own shutdown
    /// timeout bounds them. Calls need no routing order; each method is one POST endpoint.
    /// </summary>
    public static IEndpointConventionBuilder MapRpcService(this IEndpointRouteBuilder endpoints, ServerServiceDefinition service, RpcServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(service);
        var handlers = new HandlerTable(options ?? new RpcServerOptions(), endpoints.ServiceProvider.GetService<ILogger<RpcServer>>() ?? NullLogger<RpcServer>.Instance);
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
