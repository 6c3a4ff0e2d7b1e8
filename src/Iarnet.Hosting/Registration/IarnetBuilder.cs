using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Iarnet.Hosting.Registration;

internal sealed class IarnetBuilder(IServiceCollection services, IConfiguration configuration) : IIarnetBuilder
{
    public IServiceCollection Services { get; } = services;

    public IConfiguration Configuration { get; } = configuration;
}
