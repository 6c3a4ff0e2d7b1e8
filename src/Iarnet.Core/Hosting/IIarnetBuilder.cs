using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Iarnet;

/// <summary>What <c>AddIarnet</c> hands out: every package adds to a node by extension methods on it.</summary>
public interface IIarnetBuilder
{
    /// <summary>The services of the host.</summary>
    IServiceCollection Services { get; }

    /// <summary>The "Iarnet" section of the host's configuration; empty when there is none.</summary>
    IConfiguration Configuration { get; }
}
