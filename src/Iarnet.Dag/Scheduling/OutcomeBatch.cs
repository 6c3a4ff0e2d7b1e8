using Iarnet.Actors;

namespace Iarnet.Dag;

/// <summary>What became of some calls of one actor.</summary>
internal sealed class OutcomeBatch(IActor actor, ActorOutcome[] outcomes) : ILoopItem
{
    public ILoopItem? Next { get; set; }

    public void Run(EngineLoop loop)
    {
        foreach (ref readonly var outcome in outcomes.AsSpan())
        {
            if (outcome.Call is ControlNode call)
            {
                call.ActorEnded(loop, actor, outcome);
            }
        }
    }
}
