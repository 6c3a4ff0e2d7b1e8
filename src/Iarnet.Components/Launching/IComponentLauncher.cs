namespace Iarnet.Components;

/// <summary>Starts components somewhere: the seam between actor groups and placement. Thread-safe.</summary>
public interface IComponentLauncher
{
    /// <summary>Reserves room for a component and starts it. Returns when it is started; that it is ready it says on the bus.</summary>
    /// <exception cref="PlacementException">Nothing has room for it.</exception>
    ValueTask<ILaunchedComponent> LaunchAsync(ComponentLaunch launch, CancellationToken cancellationToken);
}
