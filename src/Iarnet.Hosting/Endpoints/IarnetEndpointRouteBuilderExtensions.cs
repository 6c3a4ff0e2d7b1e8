using System.Net;
using System.Text.Json.Serialization.Metadata;
using Iarnet;
using Iarnet.Hosting.Endpoints;
using Iarnet.Resources;
using Iarnet.Rpc;
using Iarnet.Store;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves a node from an ASP.NET Core application.</summary>
public static class IarnetEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the node's REST (<c>GET /iarnet/v1/node</c>, <c>GET /iarnet/v1/components</c>) and the gRPC service of its store, which needs
    /// an endpoint that speaks HTTP/2. Requests from other machines are refused unless the endpoints require authorization
    /// (<c>app.MapIarnet().RequireAuthorization()</c>) or <see cref="IarnetNodeOptions.AllowInsecure"/> is set.
    /// </summary>
    public static IEndpointConventionBuilder MapIarnet(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var node = endpoints.ServiceProvider.GetRequiredService<IarnetNode>();
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<IarnetNodeOptions>>().Value;
        var group = endpoints.MapGroup("");
        group.MapGet("/iarnet/v1/node", http => WriteAsync(http, Describe(node), NodeJson.Default.NodeDocument));
        group.MapGet("/iarnet/v1/components", http => WriteAsync(http, Components(node), NodeJson.Default.ComponentDocumentArray));
        group.MapRpcService(new StoreService(node.Store).Bind());
        ((IEndpointConventionBuilder)group).Finally(endpoint => Guard(endpoint, options));
        return group;
    }

    private static void Guard(EndpointBuilder endpoint, IarnetNodeOptions options)
    {
        var next = endpoint.RequestDelegate;
        if (next is null || options.AllowInsecure || endpoint.Metadata.OfType<IAuthorizeData>().Any() || endpoint.Metadata.OfType<AuthorizationPolicy>().Any())
        {
            return;
        }

        endpoint.RequestDelegate = http =>
        {
            // A Unix socket has no remote address: whoever reaches it is on this machine.
            if (http.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote))
            {
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
                return http.Response.WriteAsync("This node answers only its own machine: its endpoints require no authorization.\n");
            }

            return next(http);
        };
    }

    private static Task WriteAsync<T>(HttpContext http, T document, JsonTypeInfo<T> type) => http.Response.WriteAsJsonAsync(document, type, cancellationToken: http.RequestAborted);

    private static NodeDocument Describe(IarnetNode node)
    {
        var store = node.Store.Statistics;
        return new NodeDocument(
            node.Id.Value,
            node.Name,
            [.. node.Domain.View.Providers.Select(provider => new ProviderDocument(
                provider.Id,
                provider.Kind,
                provider.State.ToString(),
                [.. provider.Tags],
                provider.Capacity is { } capacity ? Amounts(capacity.Total) : null,
                provider.Capacity is { } known ? Amounts(known.Available) : null))],
            node.Components.Count,
            new StoreDocument(store.Objects, store.Bytes));
    }

    private static ComponentDocument[] Components(IarnetNode node)
    {
        var connected = node.Components.ToDictionary(component => component.Id);
        return
        [
            .. node.Domain.View.Components.Values.OrderBy(component => component.Id.Value, StringComparer.Ordinal).Select(component => new ComponentDocument(
                component.Id.Value,
                component.Name,
                component.Runtime,
                component.ProviderId,
                component.State.ToString(),
                connected.ContainsKey(component.Id),
                connected.TryGetValue(component.Id, out var ready) ? ready.ProcessId : null)),
        ];
    }

    private static AmountsDocument Amounts(in ResourceAmounts amounts) => new(amounts.CpuMillicores, amounts.MemoryBytes, amounts.Gpus);
}
