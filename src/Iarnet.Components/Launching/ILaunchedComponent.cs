namespace Iarnet.Components;

/// <summary>A component that was started. Disposing it stops it, within a bound, and gives back what was reserved for it.</summary>
public interface ILaunchedComponent : IAsyncDisposable
{
    /// <summary>Its name.</summary>
    ComponentId Id { get; }

    /// <summary>Completes, never faults, when the component ended, by itself or by being stopped: with the reason, for people.</summary>
    Task<string> Ended { get; }
}
