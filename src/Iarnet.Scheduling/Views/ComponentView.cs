using Iarnet.Providers;
using Iarnet.Resources;

namespace Iarnet.Scheduling;

/// <summary>A component as the manager knows it. It leaves the view when it is removed.</summary>
/// <param name="Id">The component.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Runtime">What runs it.</param>
/// <param name="ProviderId">Where it is placed.</param>
/// <param name="State">Where it is on its way.</param>
/// <param name="Resources">What it asked for.</param>
/// <param name="Exit">How it ended; null before.</param>
public sealed record ComponentView(
    ComponentId Id,
    string Name,
    string Runtime,
    string ProviderId,
    ComponentState State,
    ResourceRequest Resources,
    ComponentExit? Exit);
