using Iarnet.Providers;

namespace Iarnet.Scheduling;

/// <summary>
/// Told what happens in a replica set. Calls for one replica come in order; those for different replicas may come at the same time.
/// Implementations must not block; what they throw is logged and passed over.
/// </summary>
public interface IReplicaObserver
{
    /// <summary>A replica was started. Report it healthy by <see cref="ReplicaSet.ConfirmHealthy"/> as soon as it has proved itself. The set owns the lease.</summary>
    void ReplicaStarted(ComponentLease replica);

    /// <summary>A replica ended. Unless the set is ending, it will be replaced.</summary>
    void ReplicaEnded(ComponentId id, ComponentExit exit);

    /// <summary>The set gave up: nothing stays alive. Called once at most; every replica is released.</summary>
    void Failed(PlacementException reason);
}
