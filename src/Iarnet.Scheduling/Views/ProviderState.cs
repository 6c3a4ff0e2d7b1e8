namespace Iarnet.Scheduling;

/// <summary>How the manager stands with a provider.</summary>
public enum ProviderState
{
    /// <summary>The first attempt to connect is not over yet.</summary>
    Connecting,

    /// <summary>Components can be placed on it.</summary>
    Connected,

    /// <summary>It failed and is tried again in the background. Its components may still run.</summary>
    Unreachable,
}
