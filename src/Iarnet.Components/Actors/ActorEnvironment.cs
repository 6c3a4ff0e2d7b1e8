using Iarnet.Components.Packaging;
using Iarnet.Objects;
using Iarnet.Store;
using Microsoft.Extensions.Logging;

namespace Iarnet.Components.Actors;

/// <summary>What every actor of a host shares.</summary>
internal sealed record ActorEnvironment(
    FunctionPackager Packager,
    ObjectStore Store,
    IObjectSpace Space,
    ComponentActorHostOptions Options,
    ComponentMetrics Metrics,
    ILogger Log);
