using Iarnet.Actors;
using Iarnet.Bus;
using Iarnet.Components.Actors;
using Microsoft.Extensions.Logging;

namespace Iarnet.Components.Groups;

/// <summary>One component from its registration to its end, as the bus tells it.</summary>
internal sealed partial class ComponentLife : IBusPeerHandler
{
    private readonly ActorGroupSpec _spec;
    private readonly IActorGroupObserver _observer;
    private readonly ActorEnvironment _environment;
    private readonly ILogger _log;
    private readonly TaskCompletionSource<BusReady> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private bool _over;

    public ComponentLife(ActorGroupSpec spec, IActorGroupObserver observer, ActorEnvironment environment)
    {
        _spec = spec;
        _observer = observer;
        _environment = environment;
        _log = environment.Log;
    }

    public Task<BusReady> WhenReady => _ready.Task;

    public Task<string> WhenGone => _gone.Task;

    /// <summary>The actor; null before the component was ready.</summary>
    public BusActor? Actor { get; private set; }

    public void Ready(BusPeer peer, BusReady ready)
    {
        lock (_lock)
        {
            // A process that begins anew under the same id has forgotten its functions and calls: only the first counts, and after
            // the end has begun no actor may be reported any more.
            if (_over || Actor is not null)
            {
                return;
            }

            Actor = new BusActor(peer, _observer, _spec, _environment);
            Actor.Start();
            _observer.ActorReady(Actor);
        }

        _ready.TrySetResult(ready);
    }

    public void Received(BusPeer peer, BusMessage message)
    {
        if (message.Kind == BusMessageKind.Request)
        {
            peer.Fault(message, "The engine answers no requests of components.");
            return;
        }

        Actor?.Received(message.Payload);
    }

    public void Away(BusPeer peer, string reason) => WentAway(peer.Id.Value, reason);

    public void Gone(BusPeer peer, string reason) => _gone.TrySetResult(reason);

    /// <summary>No actor is reported from now on.</summary>
    public BusActor? Close()
    {
        lock (_lock)
        {
            _over = true;
            return Actor;
        }
    }

    [LoggerMessage(10, LogLevel.Information, "Component {Component} lost its connection ({Reason}); its messages are kept.")]
    private partial void WentAway(string component, string reason);
}
