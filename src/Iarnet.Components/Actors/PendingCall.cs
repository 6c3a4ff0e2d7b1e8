using Iarnet.Actors;

namespace Iarnet.Components.Actors;

/// <summary>A call that has no outcome yet.</summary>
internal struct PendingCall
{
    public ActorCall Call;

    /// <summary>The number of its function in the component; 0 until it was sent.</summary>
    public uint Function;

    public CancellationTokenRegistration Cancellation;
}
