using Iarnet;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds a node to a host.</summary>
public static class IarnetHostApplicationBuilderExtensions
{
    /// <summary>
    /// Adds a node to the host: engine, store, bus, providers. It starts and stops with the host.
    /// Reads the "Iarnet" section of the configuration. May be called several times: there is one node, and every call adds to it.
    /// </summary>
    /// <param name="builder">The host under construction.</param>
    /// <param name="configure">Adds providers and functions.</param>
    public static IHostApplicationBuilder AddIarnet(this IHostApplicationBuilder builder, Action<IIarnetBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var iarnet = builder.Services.AddIarnet(builder.Configuration);
        configure?.Invoke(iarnet);
        return builder;
    }
}
