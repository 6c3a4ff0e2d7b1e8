namespace Iarnet.Actors;

/// <summary>An executing unit as the engine sees it: a batch of calls in, a batch of outcomes out through <see cref="IActorGroupObserver"/>.</summary>
public interface IActor
{
    /// <summary>The name of the component or thread that it is.</summary>
    string Id { get; }

    /// <summary>How many calls may be with it at the same time, running and waiting together, so that its pipe never runs dry.</summary>
    int Window { get; }

    /// <summary>Moving average of the time that a message takes to it, one way.</summary>
    TimeSpan LinkLatency { get; }

    /// <summary>Moving average of the time that it computes on a call.</summary>
    TimeSpan ComputeLatency { get; }

    /// <summary>
    /// Hands over calls. Never blocks and never throws: whatever happens to a call, exactly one outcome is reported for it.
    /// The span is not used after the method returns. Called from one thread at a time.
    /// </summary>
    void Post(ReadOnlySpan<ActorCall> calls);
}
