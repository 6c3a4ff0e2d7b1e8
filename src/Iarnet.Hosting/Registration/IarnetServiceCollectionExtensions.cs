using Iarnet;
using Iarnet.Hosting.Functions;
using Iarnet.Hosting.Node;
using Iarnet.Hosting.Registration;
using Iarnet.Providers;
using Iarnet.Scheduling;
using Iarnet.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a node to a service collection.</summary>
public static class IarnetServiceCollectionExtensions
{
    /// <summary>
    /// Adds a node: engine, store, bus, providers. It starts and stops with the host, and can be asked for as <see cref="IarnetNode"/>,
    /// <see cref="DagEngine"/>, <see cref="ObjectStore"/> and <see cref="DomainResourceManager"/>.
    /// May be called several times: there is one node, and every call adds to it.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configuration">The host's configuration, whose section "Iarnet" is read; null for none.</param>
    public static IIarnetBuilder AddIarnet(this IServiceCollection services, IConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var section = (configuration ?? new ConfigurationBuilder().Build()).GetSection("Iarnet");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SeededRandom>();
        services.AddOptions<IarnetNodeOptions>().Bind(section).ValidateOnStart();
        services.AddOptions<ObjectStoreOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IarnetNodeOptions>, IarnetNodeOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IarnetNodeOptions>, ShutdownTimeoutValidator>());
        services.TryAddSingleton(static provider => new FunctionTable(
            provider.GetServices<FunctionRegistration>(),
            provider.GetRequiredService<IOptions<IarnetNodeOptions>>().Value.PythonInterpreter));
        services.TryAddSingleton(CreateNode);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IarnetNode>().Engine);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IarnetNode>().Store);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IarnetNode>().Domain);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<Hosting.IHostedService, NodeService>());
        return new IarnetBuilder(services, section);
    }

    private static IarnetNode CreateNode(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<IarnetNodeOptions>>().Value;
        return new IarnetNode(
            options,
            services.GetRequiredService<IOptions<ObjectStoreOptions>>().Value,
            [.. services.GetServices<IProvider>()],
            services.GetRequiredService<FunctionTable>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<SeededRandom>(),
            services.GetService<ILoggerFactory>());
    }
}
