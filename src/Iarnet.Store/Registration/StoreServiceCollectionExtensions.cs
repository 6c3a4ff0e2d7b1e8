using Iarnet;
using Iarnet.Store;
using Iarnet.Store.Registration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a store to a host.</summary>
public static class StoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="ObjectStore"/> on its own, without a node: it opens when it is first asked for and is closed with the services. Its options
    /// are checked when the host starts. May be called several times: there is one store, and every call adds to its options.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets its options; null for none.</param>
    public static IServiceCollection AddIarnetStore(this IServiceCollection services, Action<ObjectStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        Configure(services, configure);
        services.TryAddSingleton(static provider =>
            ObjectStore.OpenAsync(
                provider.GetRequiredService<IOptions<ObjectStoreOptions>>().Value,
                provider.GetService<TimeProvider>(),
                provider.GetService<ILoggerFactory>()).AsTask().GetAwaiter().GetResult());
        return services;
    }

    /// <summary>
    /// Sets up the store of a node: limits, spilling to disk, durable objects, fetching from other nodes. The node gives it its name, and its segment
    /// folder unless one is set. May be called several times.
    /// </summary>
    /// <param name="builder">The node.</param>
    /// <param name="configure">Sets its options.</param>
    public static IIarnetBuilder AddStore(this IIarnetBuilder builder, Action<ObjectStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        Configure(builder.Services, configure);
        return builder;
    }

    private static void Configure(IServiceCollection services, Action<ObjectStoreOptions>? configure)
    {
        var options = services.AddOptions<ObjectStoreOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ObjectStoreOptions>, ObjectStoreOptionsValidator>());
    }
}
