using System.Diagnostics;
using Iarnet.Actors;
using Iarnet.Functions;

namespace Iarnet.Dag;

/// <summary>
/// A call. It is the engine's node, the actor's call and the queue's link in one object, so that nothing is copied between them.
/// Its state is that of its output. Everything belongs to the loop, except where a member says otherwise.
/// </summary>
internal abstract partial class ControlNode : ActorCall, ILoopItem
{
    private static long _lastId;

    private readonly long _id = Interlocked.Increment(ref _lastId);
    private long _readyAt;
    private int _missing;
    private int _attempt;
    private int _losses;
    private bool _added;
    private bool _withActor;
    private ActorState? _actor;

    protected ControlNode(DagSession session, SessionFunction function, DataRef output)
    {
        Session = session;
        Called = function;
        Output = output;
    }

    public DagSession Session { get; }

    /// <summary>The function, with the session's statistics about it.</summary>
    public SessionFunction Called { get; }

    public DataRef Output { get; }

    /// <summary>The actor that has it; null when none has.</summary>
    public ActorState? Actor => _withActor ? _actor : null;

    /// <summary>The actor that has it or had it last.</summary>
    public string? LastActorId => _actor?.Actor.Id;

    public CallState State => Output.State;

    ILoopItem? ILoopItem.Next { get; set; }

    // The session's list of calls that have not ended.
    public ControlNode? PreviousLive { get; set; }

    public ControlNode? NextLive { get; set; }

    public CallDeadline? Deadline { get; private set; }

    public override long Id => _id;

    public override FunctionDefinition Function => Called.Entry.Definition;

    public override int Attempt => _attempt;

    // Read by actors, while the call is with them: the deadline is set before it is handed over and closed when it is back.
    public override CancellationToken Cancellation => Deadline?.Token ?? Session.Token;

    public override ActivityContext Trace => Session.Trace;

    public abstract DataRef GetInput(int index);

    public override IActorValue GetArgument(int index) => GetInput(index);

    void ILoopItem.Run(EngineLoop loop)
    {
        if (_added)
        {
            EndLocally(loop);
        }
        else
        {
            Add(loop);
        }
    }
}
