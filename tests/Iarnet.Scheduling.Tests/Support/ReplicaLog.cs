using System.Threading.Channels;
using Iarnet.Providers;

namespace Iarnet.Scheduling.Tests;

internal sealed class ReplicaLog : IReplicaObserver
{
    private readonly Channel<ComponentLease> _started = Channel.CreateUnbounded<ComponentLease>();
    private readonly Channel<(ComponentId Id, ComponentExit Exit)> _ended = Channel.CreateUnbounded<(ComponentId, ComponentExit)>();
    private readonly TaskCompletionSource<PlacementException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<ComponentLease, bool> OnStarted { get; set; } = _ => true;

    public bool HasFailed => _failed.Task.IsCompleted;

    public void ReplicaStarted(ComponentLease replica)
    {
        _started.Writer.TryWrite(replica);
        OnStarted(replica);
    }

    public void ReplicaEnded(ComponentId id, ComponentExit exit) => _ended.Writer.TryWrite((id, exit));

    public void Failed(PlacementException reason) => _failed.SetResult(reason);

    public Task<ComponentLease> Started() => _started.Reader.ReadAsync().AsTask().Within("a replica to start");

    public Task<(ComponentId Id, ComponentExit Exit)> Ended() => _ended.Reader.ReadAsync().AsTask().Within("a replica to end");

    public Task<PlacementException> Failure() => _failed.Task.Within("the set to give up");
}
