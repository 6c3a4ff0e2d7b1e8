using Iarnet.Actors;

namespace Iarnet.Dag;

/// <summary>An actor as the loop sees it.</summary>
internal sealed class ActorState(GroupState group, IActor actor)
{
    private long _link;
    private long _compute;
    private int _window;

    public GroupState Group => group;

    public IActor Actor => actor;

    /// <summary>Calls that it has, those in <see cref="Outgoing"/> included.</summary>
    public int InFlight { get; set; }

    public bool HasRoom => InFlight < _window;

    /// <summary>
    /// When a call handed over now would be back: 2 * link latency + compute latency * (calls before it + 1).
    /// An unmeasured compute latency counts as one tick, so that calls spread by queue length.
    /// </summary>
    public long Cost => (2 * _link) + (_compute * (InFlight + 1));

    public List<ActorCall> Outgoing { get; } = [];

    /// <summary>Reads the actor's figures once for a round.</summary>
    public void Refresh()
    {
        _link = actor.LinkLatency.Ticks;
        _compute = Math.Max(1, actor.ComputeLatency.Ticks);
        _window = Math.Max(1, actor.Window);
    }

    public ActorCount CountFor(DagSession session) => session.CountFor(this);
}
